import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// `npm run dev` serves the page from its sources; the example itself answers all else.
const example = `http://localhost:${process.env.PORT ?? 8080}`

// The hook is taken from its sources: it need not be built first, and a change to it shows at once.
const hook = (entry: string) => fileURLToPath(new URL(`../../frontend-hook/src/${entry}.ts`, import.meta.url))

export default defineConfig({
  logLevel: process.env.npm_lifecycle_event === 'build' ? 'warn' : 'info',
  resolve: {
    alias: [
      { find: /^use-flow-socket$/, replacement: hook('index') },
      { find: /^use-flow-socket\/testing$/, replacement: hook('testing') },
    ],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    rolldownOptions: {
      onLog(level, log, handle) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log) // "use client" is for servers
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: example },
      '/ws': { target: example, ws: true },
    },
  },
})
