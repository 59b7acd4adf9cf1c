// The built package, as Node and its ES modules see it.
import assert from 'node:assert/strict'
import useDefault, * as all from 'use-flow-socket'
import { sendAcknowledged } from 'use-flow-socket/ack'
import { createSocket } from 'use-flow-socket/core'
import { joinTopic } from 'use-flow-socket/core/topics'
import { useFlow } from 'use-flow-socket/flow'
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
