import flowSocket = require('use-flow-socket')
import core = require('use-flow-socket/core')

const socket: core.Socket = flowSocket.createSocket('/ws')
const hook: typeof flowSocket.useWebSocket = flowSocket.default
export = [socket, hook]
