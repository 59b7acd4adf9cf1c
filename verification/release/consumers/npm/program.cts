import hook = require('use-flow-socket')
import core = require('use-flow-socket/core')
import testing = require('use-flow-socket/testing')

const socket: core.Socket = testing.createFakeServer().socket()
console.log('CJS', socket.state.status, hook.default === hook.useWebSocket)
