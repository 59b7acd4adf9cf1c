import useDefault, { useWebSocket } from 'use-flow-socket'
import type { Socket } from 'use-flow-socket/core'
import { createFakeServer } from 'use-flow-socket/testing'

const socket: Socket = createFakeServer().socket()
console.log('ESM', socket.state.status, useDefault === useWebSocket)
