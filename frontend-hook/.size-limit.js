// What users pay: bundled by esbuild as an ES module, minified, gzipped; React is theirs already.
const entry = (name, limit) => ({
  name: `use-flow-socket${name && `/${name}`}`,
  path: `dist/${name.replace('/', '-') || 'index'}.js`,
  limit: `${limit} B`,
  gzip: true,
  ignore: ['react'],
  modifyEsbuildConfig: (config) => ({ ...config, format: 'esm' }),
})

// Each with all that it needs, the core included, though a page has that once.
export default [
  entry('', 3_000),
  entry('core', 2_500),
  entry('topics', 3_200),
  entry('core/topics', 3_000),
  entry('ack', 3_150),
  entry('flow', 3_000),
  entry('params', 600),
]
