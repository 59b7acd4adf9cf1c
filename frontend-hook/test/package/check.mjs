// The built package, as Node and its ES modules see it.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import useDefault, * as all from 'use-flow-socket'
import { sendAcknowledged } from 'use-flow-socket/ack'
import { createSocket } from 'use-flow-socket/core'
import { foldFlow, UNKNOWN_FLOW } from 'use-flow-socket/core/flow'
import { joinTopic } from 'use-flow-socket/core/topics'
import { foldFlow as foldFlowOfHook, useFlow } from 'use-flow-socket/flow'
import { withParams } from 'use-flow-socket/params'
import { createFakeServer } from 'use-flow-socket/testing'
import * as topics from 'use-flow-socket/topics'

assert.equal(useDefault, all.useWebSocket)
assert.equal(createSocket, all.createSocket)
assert.equal(createSocket('/ws').state.status, 'idle')
assert.equal(topics.joinTopic, joinTopic)
assert.equal(typeof topics.useTopic, 'function')
assert.equal(typeof useFlow, 'function')
assert.equal(typeof withParams, 'function')
assert.equal(foldFlow, foldFlowOfHook)
assert.equal(foldFlow(UNKNOWN_FLOW, { flowId: 1, status: 'STARTED', timestamp: 't' }).status, 'STARTED')
assert.equal(createFakeServer().socket().state.status, 'idle')

// All entries are one package: an address has one connection, whichever of them names it.
const addresses = []
const options = {
  WebSocket: class {
    constructor(url) {
      addresses.push(url)
    }
    close() {}
  },
}
const socket = createSocket('ws://hub/ws', options)
const topic = joinTopic(socket, 'a')
const sent = sendAcknowledged(socket, 'FLOW_STATUS', {}, { timeoutMs: 50 })
await assert.rejects(sent, { code: 'timeout' })
topic.leave()
assert.equal(addresses.length, 1)
assert.match(addresses[0], /^ws:\/\/hub\/ws\?signal-hub=1&session=[\da-f]{32}$/)

const dist = new URL('../../dist/', import.meta.url)
const names = readdirSync(dist)
const textOf = (name) => readFileSync(new URL(name, dist), 'utf8')

/** The files that an entry loads, itself included. */
function loadedBy(name, loaded = new Set()) {
  if (loaded.has(name)) return loaded
  loaded.add(name)
  for (const [, next] of textOf(name).matchAll(/from ?"\.\/([^"]+)"|require\("\.\/([^"]+)"\)/g))
    loadedBy(next, loaded)
  return loaded
}

// Without React are the core entries, on servers too: React's servers refuse what a client module exports.
for (const entry of ['core.js', 'core-topics.js', 'core-flow.js', 'ack.js', 'params.js'])
  for (const name of loadedBy(entry))
    assert.doesNotMatch(textOf(name), /["']use client["']|from ?["']react/, name)
for (const entry of ['index.js', 'topics.js', 'flow.js']) assert.match(textOf(entry), /^["']use client["']/)

// Every map that a file names is there, and has what it is a map of.
for (const name of names) {
  for (const [, map] of textOf(name).matchAll(/\n\/\/# sourceMappingURL=(.*)/g)) {
    assert(names.includes(map), `${name} names ${map}`)
    const { sources, sourcesContent } = JSON.parse(textOf(map))
    assert.equal(sourcesContent.filter(Boolean).length, sources.length, map)
  }
}
