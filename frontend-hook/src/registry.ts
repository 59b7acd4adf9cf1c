import type { Options } from './options.js'
import { makeSocket, type Socket } from './socket.js'
import { resolveUrl } from './url.js'

/** Where messages come from: an address, whose connection all components share, a socket, or nothing. */
export type Source = string | Socket | null | undefined

const shared = new Map<string, Socket>()

/**
 * Returns the socket of `source`, made on first use; `options` are added to those that its other users
 * gave. With `peek` nothing is made or changed, so that rendering may call it.
 */
export function socketOf(source: Source, options?: Options, peek?: boolean): Socket | null | undefined {
  if (typeof source !== 'string') return source
  const key = resolveUrl(source)
  let socket = shared.get(key)
  if (!socket && !peek) {
    socket = makeSocket(source, {}, () => shared.delete(key))
    shared.set(key, socket)
  }
  if (socket) Object.assign(socket.options, options)
  return socket
}
