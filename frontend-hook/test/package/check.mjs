// The built package, as Node and its ES modules see it.
import assert from 'node:assert/strict'
import useDefault, * as all from 'use-flow-socket'
import { createSocket } from 'use-flow-socket/core'

assert.equal(useDefault, all.useWebSocket)
assert.equal(createSocket, all.createSocket)
assert.equal(createSocket('/ws').state.status, 'idle')
