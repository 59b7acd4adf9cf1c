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
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text'] },
    projects: [
      { test: { name: 'core', environment: 'node', include: ['test/*.test.ts'] } },
      { test: { name: 'react-19', environment: 'happy-dom', include: hook, setupFiles: ['test/setup.ts'] } },
      {
        resolve: { alias: react18 },
        test: {
          name: 'react-18',
          environment: 'happy-dom',
          include: hook,
          setupFiles: ['test/react-18.ts', 'test/setup.ts'],
        },
      },
    ],
  },
})
