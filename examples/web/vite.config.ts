import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// `npm run dev` serves the page from its sources. The example itself answers all other requests.
const example = `http://localhost:${process.env.PORT ?? 8080}`

// Vite takes the hook from its sources. It needs no build, and a change to it shows at once.
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
