import type { Options } from './options.js'
import { makeSocket, type Socket } from './socket.js'

export type { Bye, ControlTypes, Gap, Hello, Joined, Left, Refusal } from './controls.js'
export type { Env, PageListener } from './env.js'
export type { LogEvent, Logger } from './log.js'
export type * from './messages.js'
export type { Options } from './options.js'
export type { Socket } from './socket.js'
export type { Continuity, SocketError, SocketState, Status } from './state.js'

/**
 * Makes a socket for `url`, which may be relative to the page. The socket connects as soon as anything listens, and
 * closes a moment after nothing does. Making one touches no global, so servers may do it too.
 */
export const createSocket: (url: string, options?: Options) => Socket = makeSocket
