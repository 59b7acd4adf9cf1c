import { transformAsync } from '@babel/core'

/** Vite plugin that puts the files which `include` matches through the React compiler; one that it cannot compile fails. */
export const reactCompiler = (target, include) => ({
  name: 'react-compiler',
  enforce: 'pre',
  async transform(code, id) {
    const [filename] = id.split('?')
    if (!include.test(filename)) return null
    const options = { target, panicThreshold: 'all_errors' }
    const { code: compiled, map } = await transformAsync(code, {
      filename,
      babelrc: false,
      configFile: false,
      sourceMaps: true,
      parserOpts: { plugins: ['typescript', 'jsx'] },
      plugins: [['babel-plugin-react-compiler', options]],
    })
    return { code: compiled, map }
  },
})
