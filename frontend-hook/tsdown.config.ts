import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/core.ts'],
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2021',
  dts: { sourcemap: false },
  sourcemap: true,
  outputOptions: { exports: 'named' },
})
