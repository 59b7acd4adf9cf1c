import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['index', 'core', 'topics', 'core-topics', 'core-flow', 'ack', 'params', 'flow', 'testing'].map(
    (name) => `src/${name}.ts`,
  ),
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2021',
  dts: { sourcemap: false },
  sourcemap: true,
  onSuccess() {
    // The sources are not shipped, so declarations have no maps: they must not name any.
    for (const name of readdirSync('dist').filter((name) => /\.d\.c?ts$/.test(name))) {
      const text = readFileSync(`dist/${name}`, 'utf8')
      writeFileSync(`dist/${name}`, text.replace(/\n\/\/# sourceMappingURL=.*/, ''))
    }
  },
  outputOptions: {
    exports: 'named',
    // Left to itself, the bundler makes several files of the hooks, which is larger.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: 'hooks', test: /src.(useMessage|useWebSocket|view|tracked|oneByOne|post)\.ts$/ }],
    },
  },
})
