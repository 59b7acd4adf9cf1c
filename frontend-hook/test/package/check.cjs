// The built package, as Node's require() sees it.
const assert = require('node:assert/strict')
const all = require('use-flow-socket')

assert.equal(all.default, all.useWebSocket)
assert.equal(all.createSocket, require('use-flow-socket/core').createSocket)
assert.equal(require('use-flow-socket/topics').joinTopic, require('use-flow-socket/core/topics').joinTopic)
assert.equal(typeof require('use-flow-socket/ack').sendAcknowledged, 'function')
assert.equal(typeof require('use-flow-socket/flow').useFlow, 'function')
assert.equal(require('use-flow-socket/flow').foldFlow, require('use-flow-socket/core/flow').foldFlow)
assert.equal(typeof require('use-flow-socket/params').withParams, 'function')
assert.equal(require('use-flow-socket/testing').createFakeServer().socket().state.status, 'idle')
