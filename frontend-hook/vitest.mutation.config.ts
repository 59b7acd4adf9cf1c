import { defineConfig } from 'vitest/config'

/** One React, and the tests that need nothing but this machine's own processor: what is run for every mutant has to be fast. */
export default defineConfig({
  test: {
    testNamePattern: /^(?!.*\b2,?000 messages)/, // which take their time, and tell nothing that others do not
    projects: [
      {
        test: {
          name: 'core',
          environment: 'node',
          include: ['test/*.test.ts'],
          exclude: ['test/protocol.test.ts', 'test/server.test.ts', 'test/vectors.test.ts'],
        },
      },
      {
        test: {
          name: 'react-19',
          environment: 'happy-dom',
          include: ['test/*.test.tsx'],
          exclude: ['test/burst.test.tsx', 'test/refresh.test.tsx'],
          setupFiles: ['test/setup.ts', 'test/testing-library.ts'],
          env: { UNTIL_TIMEOUT_MS: '4000' },
        },
      },
    ],
  },
})
