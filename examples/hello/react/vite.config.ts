import { defineConfig } from 'vite'

// Vite serves the page and passes the socket on to Hello.java.
export default defineConfig({
  server: { proxy: { '/ws': { target: 'ws://localhost:8080', ws: true } } },
})
