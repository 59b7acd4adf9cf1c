import Module from 'node:module'

// Vite's aliases reach what it transforms. What Node loads itself, such as react-dom, asks Node for "react".
const node = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string }
const resolve = node._resolveFilename
node._resolveFilename = (request, ...rest) =>
  resolve(request.replace(/^(react|react-dom)(?=$|\/)/, '$1-18'), ...rest)
