import { defineConfig } from 'vitest/config'
// @ts-expect-error it is plain JavaScript
import { reactCompiler } from './test/react-compiler.js'

const react18 = [
  { find: /^react$/, replacement: 'react-18' },
  { find: /^react\//, replacement: 'react-18/' },
  { find: /^react-dom$/, replacement: 'react-dom-18' },
  { find: /^react-dom\//, replacement: 'react-dom-18/' },
]

// As users import them, and before anything is built.
const byName = [
  { find: /^use-flow-socket$/, replacement: `${import.meta.dirname}/src/index.ts` },
  { find: /^use-flow-socket\/core\/(\w+)$/, replacement: `${import.meta.dirname}/src/core-$1.ts` },
  { find: /^use-flow-socket\/(\w+)$/, replacement: `${import.meta.dirname}/src/$1.ts` },
  { find: /^react-native$/, replacement: `${import.meta.dirname}/test/guides/react-native.ts` },
]

const setup = ['test/react-refresh.ts', 'test/setup.ts', 'test/testing-library.ts']

const common = { environment: 'happy-dom', testTimeout: 120_000 } as const
const development = { ...common, include: ['test/*.test.tsx'] }
// A testing library needs act(), which production builds have not: what runs on those does without.
const production = { ...common, include: ['test/burst.test.tsx'], env: { NODE_ENV: 'production' } }

// Once as users have it, whose components are compiled and our hooks not; once with the hooks compiled too.
const compiled = { ...development, include: ['test/components.test.tsx'] }
const components = /\/test\/components\.test\.tsx$/
const componentsAndHooks = /\/test\/components\.test\.tsx$|\/src\/use\w+\.ts$/

export default defineConfig({
  test: {
    maxWorkers: '100%', // by default one core is left idle
    coverage: {
      provider: 'v8',
      // This is looked for anywhere in a file's absolute path. `src/**` would match all files of a clone below a `src`.
      include: ['src/*.ts'],
      reporter: ['text'],
      thresholds: { lines: 100, branches: 100 },
    },
    projects: [
      { test: { name: 'core', environment: 'node', include: ['test/*.test.ts'], testTimeout: 120_000 } },
      { test: { ...development, name: 'react-19', setupFiles: setup } },
      {
        resolve: { alias: react18 },
        test: {
          ...development,
          name: 'react-18',
          exclude: ['test/activity.test.tsx'], // which it has not
          setupFiles: ['test/react-18.ts', ...setup],
        },
      },
      {
        resolve: { alias: byName },
        test: {
          ...development,
          name: 'guides',
          include: ['test/guides/*.test.tsx'],
          setupFiles: ['test/setup.ts', 'test/testing-library.ts'],
        },
      },
      {
        plugins: [reactCompiler('19', components)],
        test: { ...compiled, name: 'react-19-compiled', setupFiles: setup },
      },
      {
        plugins: [reactCompiler('19', componentsAndHooks)],
        test: { ...compiled, name: 'react-19-compiled-hooks', setupFiles: setup },
      },
      {
        resolve: { alias: react18 },
        plugins: [reactCompiler('18', components)],
        test: { ...compiled, name: 'react-18-compiled', setupFiles: ['test/react-18.ts', ...setup] },
      },
      { test: { ...production, name: 'react-19-production', setupFiles: ['test/setup.ts'] } },
      {
        resolve: { alias: react18 },
        test: {
          ...production,
          name: 'react-18-production',
          setupFiles: ['test/react-18.ts', 'test/setup.ts'],
        },
      },
    ],
  },
})
