import { defineConfig } from 'vitest/config'

/** The tests that need no network and no browser: fast enough to be run for every mutant. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/*.test.ts'],
    exclude: ['test/protocol.test.ts', 'test/server.test.ts', 'test/vectors.test.ts'],
  },
})
