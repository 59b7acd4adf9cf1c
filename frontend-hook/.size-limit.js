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

// Each with all that it needs, the core included, though a page has that once. Of the main entry, some 400 bytes are for
// links that die unseen: asking the hub when the network changes (100), pages that return (60), gaps of servers without
// ids (30). Others are for one connection per page whatever the bundler does (80), and for options that end with their
// component (60). No application can do these from outside.
export default [
  entry('', 3_420),
  entry('core', 2_560),
  entry('topics', 3_580),
  entry('core/topics', 3_400),
  entry('ack', 3_660),
  entry('flow', 3_250),
  entry('core/flow', 350),
  entry('params', 450),
]
