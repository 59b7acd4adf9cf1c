import { defineConfig } from 'vitest/config'

const react18 = [
  { find: /^react$/, replacement: 'react-18' },
  { find: /^react\//, replacement: 'react-18/' },
  { find: /^react-dom$/, replacement: 'react-dom-18' },
  { find: /^react-dom\//, replacement: 'react-dom-18/' },
]

const hook = ['test/*.test.tsx']

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      reporter: ['text'],
      thresholds: { lines: 100, branches: 100 },
    },
    projects: [
      { test: { name: 'core', environment: 'node', include: ['test/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'react-19',
          environment: 'happy-dom',
          include: hook,
          setupFiles: ['test/setup.ts'],
          testTimeout: 30_000,
        },
      },
      {
        resolve: { alias: react18 },
        test: {
          testTimeout: 30_000,
          name: 'react-18',
          environment: 'happy-dom',
          include: hook,
          setupFiles: ['test/react-18.ts', 'test/setup.ts'],
        },
      },
    ],
  },
})
