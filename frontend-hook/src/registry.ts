import { DEFAULTS, type Options } from './options.js'
import { page } from './page.js'
import { makeSocket, type Socket } from './socket.js'
import { resolveUrl } from './url.js'

/** Where messages come from: an address, whose connection all components share, a socket, or nothing. */
export type Source = string | Socket | null | undefined

/**
 * Returns the socket of `source`, made on first use, and forgotten a moment after nobody listens to it. With `peek`
 * nothing is made or changed, so that rendering may call it.
 */
export function socketOf(source: Source, peek?: boolean): Socket | null | undefined {
  if (typeof source !== 'string') return source
  const { sockets } = page()
  const key = resolveUrl(source)
  let socket = sockets.get(key)
  if (!socket && !peek) {
    socket = makeSocket(source, {}, () => sockets.delete(key))
    sockets.set(key, socket)
  }
  return socket
}

/**
 * Has the connection of the address `source` go by `options` of `user`, in place of those that it gave before. Until
 * `isMounted`, nobody knows whether the component will ever be shown: its options stand under `early`, for a moment,
 * so that they count for what its children do when they mount.
 */
export function give(
  source: Source,
  options: Options | undefined,
  user: object,
  early: object,
  isMounted?: boolean,
): void {
  if (typeof source !== 'string') return
  const { given } = socketOf(source) as Socket
  const key = isMounted || given.has(user) ? user : early
  given.delete(early)
  given.delete(key) // the latest comes last
  given.set(key, options ?? {})
  if (key === early) setTimeout(() => given.delete(early), DEFAULTS.lingerMs)
}
