import { defineConfig } from 'vite'

// `npm run dev` serves the page from its sources; the example itself answers all else.
const example = `http://localhost:${process.env['PORT'] ?? 8080}`

export default defineConfig({
  build: { outDir: 'dist', emptyOutDir: true },
  server: {
    proxy: {
      '/api': { target: example },
      '/ws': { target: example, ws: true },
    },
  },
})
