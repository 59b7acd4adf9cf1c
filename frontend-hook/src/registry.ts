import { DEFAULTS, type Options } from './options.js'
import { getOrMake, page } from './page.js'
import { makeSocket, type Socket } from './socket.js'
import { resolveUrl } from './url.js'

/** Where messages come from: an address, whose connection all components share, a socket, or nothing. */
export type Source = string | Socket | null | undefined

/** A component that gives options to the connection of an address. */
export interface User {
  readonly isMounted: boolean
}

/** Returns the socket of `source`, if there is one. Makes and changes nothing, so rendering may call it. */
export function findSocket(source: Source): Socket | null | undefined {
  return typeof source === 'string' ? page().sockets.get(resolveUrl(source)) : source
}

/** Returns the socket of `source`. The first call for an address makes it; a moment without users ends it. */
export function socketOf(source: Source): Socket | null | undefined {
  if (typeof source !== 'string') return source
  const { sockets } = page()
  const key = resolveUrl(source)
  return getOrMake(sockets, key, () => makeSocket(source, {}, () => sockets.delete(key)))
}

/**
 * Gives `options` of `user` to the connection of the address `source`, in place of those that `user` gave before. They
 * count for what the children of a component do when they mount, so React's hooks give them before that. React may then
 * drop the component: options of a user that is not mounted count for a moment only.
 */
export function give(source: Source, options: Options | undefined, user: User): void {
  if (typeof source !== 'string') return
  const { given } = socketOf(source) as Socket
  given.delete(user) // so that the latest options come last
  given.set(user, options ?? {})
  if (user.isMounted) return
  setTimeout(() => user.isMounted || given.delete(user), DEFAULTS.lingerMs)
}
