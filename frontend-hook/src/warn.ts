import type { LogEvent } from './log.js'
import { page } from './page.js'
import type { Source } from './registry.js'
import type { Socket } from './socket.js'
import type { SocketState, Status } from './state.js'
import { resolveUrl } from './url.js'

// Builds for production leave out all warnings.

/** Warns with `text`, once per page and `kind`. */
function warnOnce(kind: string, text: string): void {
  const here = page()
  here.warned ??= new Set()
  if (here.warned.has(kind)) return
  here.warned.add(kind)
  console.warn(`use-flow-socket: ${text}`)
}

/** Warns of an event at the socket of `url` that would be silent otherwise. Only development builds call this. */
export function warnOf(event: LogEvent, detail: unknown, url: string): void {
  if (event === 'ignored') warnOfForm(detail, url)
  else if (event !== 'message') warnOfFailure(event, detail as SocketState, url)
}

function warnOfForm(ignored: unknown, url: string): void {
  const text = typeof ignored === 'string' ? ignored : Object.prototype.toString.call(ignored)
  warnOnce(
    'form',
    `ignored a message from ${url}, and all similar ones: expected {"type": …, "payload": …}, was ${text.slice(0, 100)}`,
  )
}

function warnOfFailure(status: Status, { error }: SocketState, url: string): void {
  const reason = error?.code === 0 || error?.code === 1006 ? error.reason : ''
  if (/^ReferenceError.*WebSocket|^TypeError.*not a constructor/.test(reason)) {
    warnOnce(
      'class',
      `there is no WebSocket here: give the option WebSocket, such as the class of "ws" (${reason})`,
    )
  } else if (/^SyntaxError/.test(reason) || (status === 'connecting' && !/^wss?:/i.test(resolveUrl(url)))) {
    warnOnce(
      'address',
      `${url} cannot be the address of a WebSocket: expected ws://…, wss://…, or one relative to a page`,
    )
  }
}

const NEW_SOCKETS = 5 // within a second, of one address, each in place of the one before
// Of the insertion effect that React has just cleaned up. React goes on with the next effect of the same component.
let left: Source
let newest: Source // the socket that a component was given last, in place of another
let since = 0
let count = 0

/**
 * An insertion effect of every hook, in development builds. It warns of components that make a socket in each render:
 * their page renders and connects without end.
 */
export function watchSource(source: Source): (() => void) | undefined {
  try {
    if (process.env.NODE_ENV !== 'production') return watch(source)
  } catch {} // a browser without a bundler has no `process`
  return undefined
}

function watch(source: Source): () => void {
  if (isSocket(source) && isSocket(left) && source !== left && source.url === left.url) countNew(left, source)
  left = undefined
  return () => {
    left = source
    Promise.resolve().then(() => {
      left = undefined // no effect follows if the component was unmounted
    })
  }
}

function countNew(before: Socket, now: Socket): void {
  if (before !== newest || Date.now() - since > 1_000) {
    since = Date.now()
    count = 0
  }
  newest = now
  count++
  if (count === NEW_SOCKETS)
    warnOnce(
      'render',
      `a component was given ${NEW_SOCKETS} new sockets of ${now.url} within a second: call createSocket outside of components, not while rendering`,
    )
}

const isSocket = (source: Source): source is Socket => typeof source === 'object' && source !== null
