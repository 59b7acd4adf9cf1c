import type { Options } from './options.js'
import { makeSocket, type Socket } from './socket.js'
import { resolveUrl } from './url.js'

/** Where messages come from: an address, whose connection all components share, a socket, or nothing. */
export type Source = string | Socket | null | undefined

const shared = new Map<string, { socket: Socket; options: Options }>()

const keyOf = (url: string) => {
  try {
    return resolveUrl(url)
  } catch {
    return url // connecting will tell what is wrong with it
  }
}

/** Returns the socket of `source` if there is one already; makes none, so that rendering may call it. */
export const peekSocket = (source: Source): Socket | undefined =>
  typeof source === 'string' ? shared.get(keyOf(source))?.socket : (source ?? undefined)

/** Returns the socket of `source`, made on first use; `options` are added to those that its other users gave. */
export function socketOf(source: Source, options?: Options): Socket | undefined {
  if (typeof source !== 'string') return source ?? undefined
  const key = keyOf(source)
  let entry = shared.get(key)
  if (!entry) {
    const own: Options = {}
    entry = { options: own, socket: makeSocket(source, own, undefined, () => shared.delete(key)) }
    shared.set(key, entry)
  }
  Object.assign(entry.options, options)
  return entry.socket
}
