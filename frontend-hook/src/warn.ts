import type { LogEvent } from './log.js'
import { page } from './page.js'
import type { Source } from './registry.js'
import type { Socket } from './socket.js'
import type { SocketState } from './state.js'
import { resolveUrl } from './url.js'

// Only development builds call these functions, so production builds leave them out.

/** Says `text`, once per page and `kind`. */
function warnOnce(kind: string, text: string): void {
  page().warned ??= new Set()
  const { warned } = page()
  if (warned?.has(kind)) return
  warned?.add(kind)
  console.warn(`use-flow-socket: ${text}`)
}

/** Warns of what happens to the socket of `url` and would else be silent. */
export function warnOf(event: LogEvent, detail: unknown, url: string): void {
  if (event === 'ignored') {
    const text = typeof detail === 'string' ? detail : Object.prototype.toString.call(detail)
    warnOnce(
      'form',
      `ignored a message from ${url}, and all that are like it: expected {"type": …, "payload": …}, was ${text.slice(0, 100)}`,
    )
  }
  if (event === 'ignored' || event === 'message') return
  const { error } = detail as SocketState
  const reason = error?.code === 0 || error?.code === 1006 ? error.reason : ''
  if (/^ReferenceError.*WebSocket|^TypeError.*not a constructor/.test(reason)) {
    warnOnce(
      'class',
      `there is no WebSocket here: give the option WebSocket, such as the class of "ws" (${reason})`,
    )
  } else if (/^SyntaxError/.test(reason) || (event === 'connecting' && !/^wss?:/i.test(resolveUrl(url)))) {
    warnOnce(
      'address',
      `${url} cannot be the address of a WebSocket: expected ws://…, wss://…, or one relative to a page`,
    )
  }
}

const NEW_SOCKETS = 5 // of one address within a second, each in the place of the one before
let left: Source // of the insertion effect that was just cleaned up: React goes on with the next one of the same component
let newest: Source // the one that a component changed to last
let since = 0
let count = 0

/**
 * An insertion effect of every hook: notices components that make a socket in each render, whose page then renders and
 * connects without end.
 */
export function watchSource(source: Source): () => void {
  if (isSocket(source) && isSocket(left) && source !== left && source.url === left.url) {
    if (left !== newest || Date.now() - since > 1_000) {
      since = Date.now()
      count = 0
    }
    newest = source
    count++
    if (count === NEW_SOCKETS)
      warnOnce(
        'render',
        `a component was given ${NEW_SOCKETS} new sockets of ${source.url} within a second: call createSocket outside of components, not while rendering`,
      )
  }
  left = undefined
  return () => {
    left = source
    Promise.resolve().then(() => {
      left = undefined // a component that was unmounted has none that goes on
    })
  }
}

const isSocket = (source: Source): source is Socket => typeof source === 'object' && source !== null
