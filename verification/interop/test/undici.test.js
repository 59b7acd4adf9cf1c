import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { ping, WebSocket } from 'undici'
import { randomBytes, texts, url } from './echo.js'

test('undici, which always offers deflate, exchanges text, binary and closes', async () => {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  await once(socket, 'open')
  assert.match(socket.extensions, /permessage-deflate/)

  for (const text of texts) {
    socket.send(text)
    const [{ data }] = await once(socket, 'message')
    assert.equal(data, text)
  }
  for (const bytes of [randomBytes(0), randomBytes(70_000), randomBytes(2 ** 20)]) {
    socket.send(bytes)
    const [{ data }] = await once(socket, 'message')
    assert.deepEqual(new Uint8Array(data), bytes)
  }
  ping?.(socket, Buffer.from('ping'))

  socket.close(4321, 'enough')
  const [{ code, wasClean }] = await once(socket, 'close')
  assert.equal(code, 4321)
  assert.equal(wasClean, true)
})

test('undici is told that a message is too long', async () => {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  socket.send('y'.repeat(2 ** 20 + 1))
  const [{ code }] = await once(socket, 'close')
  assert.equal(code, 1009)
})
