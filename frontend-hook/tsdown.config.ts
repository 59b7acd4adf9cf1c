import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['index', 'core', 'topics', 'core-topics', 'ack', 'params', 'flow', 'testing'].map(
    (name) => `src/${name}.ts`,
  ),
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2021',
  dts: { sourcemap: false },
  sourcemap: true,
  outputOptions: {
    exports: 'named',
    // Left to itself, the bundler makes several files of the hooks, which is larger.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: 'hooks', test: /src.(useMessage|useWebSocket|view|post)\.ts$/ }],
    },
  },
})
