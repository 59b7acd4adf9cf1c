// Compares use-flow-socket with its peers, in Chromium, with the production build of React. Prints the table
// of the README.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { Server as SocketIo } from 'socket.io'
import { WebSocketServer } from 'ws'
import { launchBrowser } from '../../examples/e2e/browser.js'
import { restart } from './restart.js'

const BURST = 2_000
const RESTART = { clients: 200, goneMs: 2_000, watchMs: 15_000 }
const WINDOW_MS = 100
const PEERS = {
  'use-flow-socket': "export * from 'use-flow-socket'",
  'react-use-websocket': "export { default } from 'react-use-websocket'",
  partysocket: "export { useWebSocket } from 'partysocket/react'",
  ahooks: "export { default } from 'ahooks/es/useWebSocket'",
  'reconnecting-websocket': "export { default } from 'reconnecting-websocket'",
  'socket.io-client': "export { io } from 'socket.io-client'",
}

const here = fileURLToPath(new URL('.', import.meta.url))
const require = createRequire(import.meta.url)
const production = { 'process.env.NODE_ENV': '"production"' }

async function bundle(options) {
  const { outputFiles } = await build({
    bundle: true,
    minify: true,
    write: false,
    define: production,
    ...options,
  })
  return outputFiles[0].text
}

/** Returns the bytes that these exports add to a page, React not counted. */
async function bytesOf(contents) {
  const stdin = { contents, resolveDir: here }
  const external = ['react', 'react-dom', 'react/jsx-runtime']
  return gzipSync(await bundle({ stdin, format: 'esm', external }), { level: 9 }).length
}

function versionOf(name) {
  for (const folder of require.resolve.paths(name)) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version
    } catch {} // not in this folder: try the next one
  }
  throw new Error(`expected ${name} to be installed`)
}

/** Returns the largest share of `clients` that came back within any 100 ms. */
function rushOf(returns, clients) {
  const sorted = returns.toSorted((a, b) => a - b)
  const within = sorted.map((from) => sorted.filter((at) => at >= from && at < from + WINDOW_MS).length)
  return Math.max(0, ...within) / clients
}

async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server.address().port
}

async function measure(browser, name) {
  const alias = { peer: `${here}peers/${name}.js` }
  const script = await bundle({ entryPoints: [`${here}page.js`], format: 'iife', alias })
  const web = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><body><script>${script.replaceAll('</script', '<\\/script')}</script>`)
  })
  const isSocketIo = name === 'socket.io-client'
  const io = isSocketIo && new SocketIo(web)
  const ws = isSocketIo || new WebSocketServer({ server: web })
  const port = await listen(web)
  const send = (n) => {
    if (io) return io.emit('N', n)
    for (const link of ws.clients) link.send(JSON.stringify({ type: 'N', payload: { n } }))
  }

  const page = await browser.newPage()
  page.on('pageerror', (error) => console.error(name, error))
  await page.goto(`http://127.0.0.1:${port}`)
  await page.evaluate(
    (url) => globalThis.startBurst(url),
    `${isSocketIo ? 'http' : 'ws'}://127.0.0.1:${port}/ws`,
  )
  while ((io ? io.engine.clientsCount : ws.clients.size) < 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
  await page.waitForTimeout(500)
  for (let n = 0; n < BURST; n++) send(n)
  await page.waitForTimeout(5_000)
  const { handled, shown, renders } = await page.evaluate(() => globalThis.counts)
  await page.close()

  const other = await browser.newPage()
  await other.goto(`http://127.0.0.1:${port}`)
  const { connected, returns } = await other.evaluate(restart, { ...RESTART, script })
  await other.close()
  if (io) io.close()
  else ws.close()
  web.close()
  if (connected !== RESTART.clients)
    throw new Error(`expected ${RESTART.clients} clients, ${name} had ${connected}`)
  return {
    handled,
    shown,
    renders,
    back: returns.length,
    rush: rushOf(returns, RESTART.clients),
    last: Math.max(0, ...returns),
  }
}

const number = (value) => value.toLocaleString('en')
const percent = (share) => `${Math.round(share * 100)} %`

const browser = await launchBrowser()
try {
  console.log(
    '| | version | bytes | handler calls | shown | renders | back | in one 100 ms | the last after |',
  )
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |')
  const asked = process.argv.slice(2) // names of peers; all if none is given
  for (const [name, exported] of Object.entries(PEERS)) {
    if (asked.length && !asked.includes(name)) continue
    const bytes = await bytesOf(exported)
    const { handled, shown, renders, back, rush, last } = await measure(browser, name)
    const counts = [bytes, handled, shown, renders, back].map(number)
    const row = [name, versionOf(name), ...counts, percent(rush), `${(last / 1_000).toFixed(1)} s`]
    console.log(`| ${row.join(' | ')} |`)
  }
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
await browser.close()
process.exit() // ends the servers that still wait
