import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import WebSocket from 'ws'
import { randomBytes, texts, url } from './echo.js'

const ways = [
  { name: 'without deflate', options: { perMessageDeflate: false } },
  { name: 'with deflate', options: { perMessageDeflate: { threshold: 0 } } },
  {
    name: 'with deflate and small windows',
    options: { perMessageDeflate: { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 9 } },
  },
  {
    name: 'with deflate and no context takeover',
    options: {
      perMessageDeflate: { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    },
  },
]

for (const { name, options } of ways) {
  test(`ws ${name} exchanges text, binary, fragments, pings and closes`, async () => {
    const socket = new WebSocket(url, options)
    await once(socket, 'open')
    assert.equal(socket.extensions.includes('permessage-deflate'), options.perMessageDeflate !== false)

    for (const text of texts) {
      socket.send(text)
      const [data, isBinary] = await once(socket, 'message')
      assert.equal(isBinary, false)
      assert.equal(data.toString(), text)
    }
    for (const bytes of [
      randomBytes(0),
      randomBytes(70_000),
      randomBytes(2 ** 20),
      new Uint8Array(2 ** 20),
    ]) {
      socket.send(bytes)
      const [data, isBinary] = await once(socket, 'message')
      assert.equal(isBinary, true)
      assert.ok(data.equals(bytes))
    }

    socket.send('frag', { fin: false })
    socket.ping('between')
    socket.send('men', { fin: false })
    socket.send('ts', { fin: true })
    const [[pong], [message]] = await Promise.all([once(socket, 'pong'), once(socket, 'message')])
    assert.equal(pong.toString(), 'between')
    assert.equal(message.toString(), 'fragments')

    socket.close(4321, 'enough')
    const [code] = await once(socket, 'close')
    assert.equal(code, 4321)
  })

  test(`ws ${name} exchanges a thousand messages that refer back to each other`, async () => {
    const socket = new WebSocket(url, options)
    const received = []
    socket.on('message', (data) => received.push(data.toString()))
    await once(socket, 'open')
    const sent = Array.from({ length: 1_000 }, (_, i) => `{"n":${i},"text":"${'again '.repeat(i % 200)}"}`)

    for (const text of sent) {
      socket.send(text)
    }
    while (received.length < sent.length) {
      await once(socket, 'message')
    }

    assert.deepEqual(received, sent)
    socket.close()
  })

  test(`ws ${name} is told that a message is too long`, async () => {
    const socket = new WebSocket(url, options)
    await once(socket, 'open')
    socket.send('y'.repeat(2 ** 20 + 1))
    const [code] = await once(socket, 'close')
    assert.equal(code, 1009)
  })
}
