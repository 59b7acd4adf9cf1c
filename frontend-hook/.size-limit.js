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

// Each with all that it needs, the core included, though a page has that once. In the main entry, leaving out one part
// alone saves so many bytes: events of the page 52, asking the hub whether it is there 44, options that end with their
// component about 40, the state in React's tools 31, one connection per page 28, absolute addresses as written 19, gaps
// of servers without ids 18. They share code, so these figures are no sum. No application can do these from outside.
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
