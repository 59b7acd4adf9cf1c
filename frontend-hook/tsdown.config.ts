import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['index', 'core', 'topics', 'core-topics', 'ack'].map((name) => `src/${name}.ts`),
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2021',
  dts: { sourcemap: false },
  sourcemap: true,
  outputOptions: { exports: 'named' },
})
