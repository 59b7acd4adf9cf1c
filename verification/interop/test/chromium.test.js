import assert from 'node:assert/strict'
import { test } from 'node:test'
import { launchBrowser } from '../../../examples/e2e/browser.js'
import { pageUrl, texts, url } from './echo.js'

test('Chromium, which always offers deflate, exchanges text, binary and closes', async () => {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: true })
    await page.goto(pageUrl)

    const result = await page.evaluate(exchange, { url, texts })

    assert.match(result.extensions, /permessage-deflate/)
    assert.deepEqual(result.wrong, [])
    assert.equal(result.binary, true)
    assert.deepEqual(result.close, { code: 4321, wasClean: true })
    assert.equal(result.tooLong, 1009)
  } finally {
    await browser.close()
  }
})

/** Sends texts and a close; runs in the page. */
async function exchange({ url, texts }) {
  const next = (socket, type) =>
    new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }))
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  await next(socket, 'open')
  const wrong = []
  for (const text of texts) {
    socket.send(text)
    const { data } = await next(socket, 'message')
    if (data !== text) wrong.push(text.slice(0, 20))
  }
  const bytes = new Uint8Array(2 ** 20).map((_, i) => (i * 7919) >> 5)
  socket.send(bytes)
  const { data } = await next(socket, 'message')
  const echoed = new Uint8Array(data)
  const binary = echoed.length === bytes.length && echoed.every((byte, i) => byte === bytes[i])
  socket.close(4321, 'enough')
  const { code, wasClean } = await next(socket, 'close')
  const other = new WebSocket(url)
  await next(other, 'open')
  other.send('y'.repeat(2 ** 20 + 1))
  const tooLong = (await next(other, 'close')).code
  return { extensions: socket.extensions, wrong, binary, close: { code, wasClean }, tooLong }
}
