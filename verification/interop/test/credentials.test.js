// The hook's core against the real server, with tokens that live for a short time. Nothing of the page changes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSocket } from 'use-flow-socket/core'
import { withParams } from 'use-flow-socket/params'
import WebSocket from 'ws'

const { HUB_PORT } = process.env
const ENDS = 3

const tokens = []

async function fetchToken() {
  const response = await fetch(`http://127.0.0.1:${HUB_PORT}/api/token`, { method: 'POST' })
  tokens.push(await response.text())
  return { token: tokens.at(-1) }
}

const until = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

test('a page goes on without a gap when its token ends, again and again', { timeout: 80_000 }, async () => {
  const socket = createSocket(`ws://127.0.0.1:${HUB_PORT}/ws`, {
    WebSocket: withParams(fetchToken, WebSocket),
    baseDelayMs: 50,
    stableAfterMs: 200,
  })
  const numbers = []
  const gaps = []
  const ends = []
  socket.on('N', (n) => numbers.push(n))
  socket.on('$gap', (gap) => gaps.push(gap))
  socket.subscribe(() => {
    const { status, error } = socket.state
    if (status === 'waiting') ends.push(error)
  })

  await until(() => ends.filter(({ code }) => code === 4001).length >= ENDS)
  const seen = numbers.length
  await until(() => numbers.length >= seen + 20)
  const { continuity } = socket.state
  socket.close()

  assert.deepEqual(
    numbers,
    numbers.map((_, i) => numbers[0] + i),
  )
  assert.deepEqual(gaps, [])
  assert.equal(continuity, 'live')
  assert.equal(new Set(tokens).size, tokens.length)
  assert.ok(tokens.length > ENDS)
})
