// Metro's own transformer, which knows no types: React Native's preset would bring a hundred packages for them.
const { transform } = require('metro-babel-transformer')

exports.transform = (options) =>
  transform({
    ...options,
    plugins: [...options.plugins, require('@babel/plugin-transform-flow-strip-types')],
  })
