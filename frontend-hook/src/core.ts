import type { Options } from './options.js'
import { makeSocket, type Socket } from './socket.js'

export type { Env, PageListener } from './env.js'
export type { LogEvent, Logger } from './log.js'
export type * from './messages.js'
export type { Options } from './options.js'
export type { Socket } from './socket.js'
export type { Continuity, SocketError, SocketState, Status } from './state.js'

/**
 * Makes a socket for `url`, which may be relative to the page. It connects as soon as anything listens
 * and closes a moment after nothing does; making one touches no global, so it may be done anywhere.
 */
export const createSocket: (url: string, options?: Options) => Socket = makeSocket
