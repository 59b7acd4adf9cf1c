import type { Options } from './options.js'
import { makeSocket, type Socket } from './socket.js'
import { resolveUrl } from './url.js'

/** Where messages come from: an address, whose connection all components share, a socket, or nothing. */
export type Source = string | Socket | null | undefined

const shared = new Map<string, { socket: Socket; options: Options }>()

/**
 * Returns the socket of `source`, made on first use; `options` are added to those that its other users
 * gave. With `peek` nothing is made or changed, so that rendering may call it.
 */
export function socketOf(source: Source, options?: Options, peek?: boolean): Socket | null | undefined {
  if (typeof source !== 'string') return source
  const key = resolveUrl(source)
  let entry = shared.get(key)
  if (!entry && !peek) {
    const own: Options = {}
    entry = { options: own, socket: makeSocket(source, own, () => shared.delete(key)) }
    shared.set(key, entry)
  }
  if (entry) Object.assign(entry.options, options)
  return entry?.socket
}
