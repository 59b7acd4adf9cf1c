const EMPTY = 32 // bytes that size-limit takes off, as those of an empty project; users pay them

// The bytes that users pay: bundled by esbuild as an ES module, minified, gzipped; React is theirs already.
const entry = (name, limit) => ({
  name: `use-flow-socket${name && `/${name}`}`,
  path: `dist/${name.replace('/', '-') || 'index'}.js`,
  limit: `${limit - EMPTY} B`,
  gzip: true,
  ignore: ['react'],
  modifyEsbuildConfig: (config) => ({ ...config, format: 'esm' }),
})

// Each includes everything that it needs, also the core, although a page has the core once.
export default [
  entry('', 3_770),
  entry('core', 2_780),
  entry('topics', 3_800),
  entry('core/topics', 3_620),
  entry('ack', 3_900),
  entry('flow', 3_480),
  entry('core/flow', 350),
  entry('params', 450),
]
