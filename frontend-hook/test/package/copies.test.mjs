// The built package, as bundlers put it on one page: several copies of it have one connection and what belongs to it.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runInNewContext, runInThisContext } from 'node:vm'
import { Window } from 'happy-dom'
import Metro from 'metro'
import { createFakeServer, fakeId } from 'use-flow-socket/testing'
import { build } from 'vite'
import webpack from 'webpack'
import { reactNativeUrl } from './react-native.mjs'

const here = fileURLToPath(new URL('app', import.meta.url))
const entry = `${here}/main.js`
const repository = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const require = createRequire(import.meta.url)
const folder = mkdtempSync(`${tmpdir()}/use-flow-socket-`)

before(() => {
  const window = new Window({ url: 'https://hub/app' })
  for (const name of Object.getOwnPropertyNames(window))
    if (!(name in globalThis)) globalThis[name] = window[name]
  Object.assign(globalThis, { window: globalThis, document: window.document })
})

after(() => rmSync(folder, { recursive: true }))

let server

beforeEach(() => {
  server = createFakeServer({
    onConnect(connection) {
      connection.accept()
      connection.hello({ id: fakeId(1) })
    },
  })
  globalThis.WebSocket = server.WebSocket
})

/** Waits until `find` finds something, and returns it; rejects after some seconds. */
async function until(find) {
  for (const end = performance.now() + 15_000; ; ) {
    const found = find()
    if (found) return found
    if (performance.now() > end) throw new Error(`expected to find something by ${find}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

const asked = (type) =>
  until(() => server.connections.flatMap(({ messages }) => messages).find((one) => one.type === type))

/** Runs the application that a script has left in `startApp`. */
async function run() {
  const heard = []
  const app = globalThis.startApp('wss://hub/ws', ({ flowId }) => heard.push(flowId))
  const join = await asked('$join')
  const payload = { topic: 'a', after: fakeId(1), upTo: fakeId(1), ref: join.payload.ref }
  server.last.message({ type: '$joined', payload })
  server.last.message({ type: '$sync', payload: { id: fakeId(1) } })
  server.last.message({ type: 'FLOW_STATUS', payload: { flowId: 7 }, topic: 'a', id: fakeId(2) })
  const sent = app.send()
  const { ref } = await asked('FLOW_STATUS')
  server.last.message({ type: '$ack', payload: { ref } })
  await sent
  app.stop()

  assert.equal(server.connections.length, 1)
  assert.deepEqual(heard, [7])
}

async function runScript(path) {
  const text = readFileSync(path, 'utf8')
  runInThisContext(text)
  await run()
  return text
}

test('the ES module and the CommonJS one, in one realm', async () => {
  const { useMessage, useWebSocket } = await import('use-flow-socket')
  const { sendAcknowledged } = require('use-flow-socket/ack')
  const { useTopic } = require('use-flow-socket/topics')
  assert.notEqual(useWebSocket, require('use-flow-socket').useWebSocket)
  const { createElement } = await import('react')
  const { createRoot } = await import('react-dom/client')
  globalThis.startApp = (url, handler) => {
    const root = createRoot(document.createElement('div'))
    function App() {
      useWebSocket(url)
      useTopic(url, 'a')
      useMessage(url, 'FLOW_STATUS', handler)
    }
    root.render(createElement(App))
    return { send: () => sendAcknowledged(url, 'FLOW_STATUS', {}), stop: () => root.unmount() }
  }

  await run()
})

test('errors of one copy are those of the other', async () => {
  const { TopicError } = await import('use-flow-socket/core/topics')
  const { AcknowledgementError } = await import('use-flow-socket/ack')
  const required = { ...require('use-flow-socket/core/topics'), ...require('use-flow-socket/ack') }

  assert(new TopicError('forbidden', '') instanceof required.TopicError)
  assert(new required.AcknowledgementError('timeout', '') instanceof AcknowledgementError)
  assert(!(new Error('x') instanceof TopicError))
  assert(!(null instanceof AcknowledgementError))
})

for (const dev of [false, true])
  test(`Vite, with a dependency that requires it, ${dev ? 'development' : 'production'}`, async () => {
    await build({
      root: here,
      logLevel: 'error',
      configFile: false,
      mode: dev ? 'development' : 'production',
      define: { 'process.env.NODE_ENV': JSON.stringify(dev ? 'development' : 'production') },
      build: {
        outDir: `${folder}/vite-${dev}`,
        lib: { entry, formats: ['iife'], name: 'app', fileName: () => 'app.js' },
      },
    })

    const text = await runScript(`${folder}/vite-${dev}/app.js`)
    assert.equal(text.includes('ignored a message from'), dev)
  })

for (const mode of ['production', 'development'])
  test(`webpack, with a dependency that requires it, ${mode}`, async () => {
    await new Promise((resolve, reject) =>
      webpack(
        { mode, entry, devtool: false, output: { path: folder, filename: `webpack-${mode}.js` } },
        (error, stats) =>
          error || stats.hasErrors() ? reject(error ?? new Error(stats.toString())) : resolve(),
      ),
    )

    const text = await runScript(`${folder}/webpack-${mode}.js`)
    assert.equal(text.includes('ignored a message from'), mode === 'development')
  })

/** Bundles the application for React Native, and runs it where nothing is global that React Native lacks. */
async function native(version, { exports, dev = false }) {
  const config = await Metro.loadConfig(
    { cwd: here },
    {
      projectRoot: here,
      watchFolders: [repository],
      cacheStores: [],
      reporter: { update() {} },
      maxWorkers: 1,
      resolver: {
        unstable_enablePackageExports: exports,
        useWatchman: false,
        extraNodeModules: { 'react-native-url': reactNativeUrl(version) },
      },
      transformer: {
        babelTransformerPath: `${here}/metro-transformer.cjs`,
        getTransformOptions: async () => ({ transform: { experimentalImportSupport: true } }),
      },
    },
  )
  const out = `${folder}/${version}-${exports}-${dev}.js`
  await Metro.runBuild(config, { entry: `${here}/native.js`, platform: 'ios', dev, minify: !dev, out })
  const warnings = []
  const realm = {
    setTimeout,
    clearTimeout,
    WebSocket: server.WebSocket,
    console: { ...console, warn: (text) => warnings.push(text) },
  }
  realm.globalThis = realm.global = realm
  runInNewContext(readFileSync(out, 'utf8'), realm)
  return { ...realm, warnings }
}

for (const version of ['0.72', '0.76', '0.81'])
  for (const exports of [true, false])
    test(`Metro, with the URL of React Native ${version}, package exports ${exports ? 'on' : 'off'}`, async () => {
      const { app } = await native(version, { exports })
      const topics = [
        app.joinTopic('wss://hub/ws?room=1', 'a'),
        app.required.joinTopic('https://hub/ws?room=1', 'b'),
        app.joinTopic(app.createSocket('https://hub/ws'), 'c'),
      ]
      await until(() => server.connections.length === 2)
      await asked('$join')

      assert.equal(app.useWebSocket === app.required.useWebSocket, !exports)
      assert.deepEqual(server.connections.map(({ url }) => url).sort(), [
        'wss://hub/ws?room=1&signal-hub=1',
        'wss://hub/ws?signal-hub=1',
      ])
      const shared = server.connections.find(({ url }) => url.includes('room'))
      assert.deepEqual(
        shared.messages.map(({ payload }) => payload.topic),
        ['a', 'b'],
      )
      assert.equal(new Set(shared.messages.map(({ payload }) => payload.ref)).size, 2)
      for (const topic of topics) topic.leave()
    })

test('React Native without crypto: a session says what is missing, and nothing is sent', async () => {
  const { app, warnings } = await native('0.81', { exports: true, dev: true })

  assert.throws(() => app.startSession('wss://hub/ws'), { message: /react-native-get-random-values/ })
  await assert.rejects(app.sendAcknowledged('wss://hub/ws', 'FLOW_STATUS', {}), {
    message: /expected crypto\.getRandomValues/,
  })
  app.joinTopic('/ws', 'a')
  await until(() => warnings.length > 0)

  assert.deepEqual(
    server.connections.map(({ url }) => url),
    [],
  )
  assert.deepEqual(warnings.map(String), [
    'use-flow-socket: /ws cannot be the address of a WebSocket: expected ws://…, wss://…, or one relative to a page',
  ])
})
