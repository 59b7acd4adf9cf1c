import { defineConfig } from 'vite'

// `npm run dev` serves the page from its sources; the example itself answers all else.
const example = `http://localhost:${process.env.PORT ?? 8080}`

export default defineConfig({
  logLevel: process.env.npm_lifecycle_event === 'build' ? 'warn' : 'info',
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
