const EMPTY = 32 // bytes that size-limit takes off, as those of an empty project; users pay them

// What users pay: bundled by esbuild as an ES module, minified, gzipped; React is theirs already.
const entry = (name, limit) => ({
  name: `use-flow-socket${name && `/${name}`}`,
  path: `dist/${name.replace('/', '-') || 'index'}.js`,
  limit: `${limit - EMPTY} B`,
  gzip: true,
  ignore: ['react'],
  modifyEsbuildConfig: (config) => ({ ...config, format: 'esm' }),
})

// Each with all that it needs, the core included, though a page has that once.
export default [
  entry('', 2_990),
  entry('core', 2_300),
  entry('topics', 3_250),
  entry('core/topics', 3_050),
  entry('ack', 3_200),
  entry('flow', 3_000),
  entry('params', 450),
]
