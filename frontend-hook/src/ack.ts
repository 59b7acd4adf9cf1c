import type { Hello } from './controls.js'
import { randomHex } from './hex.js'
import { epochOf } from './id.js'
import type { PayloadOf, Type } from './messages.js'
import { getOrMake, page } from './page.js'
import { socketOf } from './registry.js'
import type { Socket } from './socket.js'

/**
 * Why a message was not acknowledged. If the server refused it, `code` is the server's: `refused`, `invalid`,
 * `internal` or the application's own. Otherwise it is one of these:
 *
 * - `overflow`: the message was not sent, because 100 messages wait for their answers already
 * - `timeout`: no answer came in time. The message may have been processed, or may still be
 * - `unknown`: the connection was lost, and repeating the message is not safe. The server was restarted meanwhile, or
 *   the connection began before the session did
 * - `closed`: the socket was closed for good first. The message may have been processed
 * - `unsupported`: the server is no signal-hub. The message was not sent
 */
export class AcknowledgementError extends Error {
  readonly code: string
  /** For people. */
  readonly reason: string

  constructor(code: string, reason: string) {
    super(`${code}: ${reason}`)
    this.name = 'AcknowledgementError'
    this.code = code
    this.reason = reason
  }

  /** Whether `error` is an `AcknowledgementError` of any copy of this package. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return (error as Error | null)?.name === 'AcknowledgementError'
  }
}

/** Options of one acknowledged message. */
export interface AcknowledgementOptions {
  /**
   * How long to wait for the answer, in milliseconds, reconnecting included. Default 30,000, at most 240,000. A hub
   * forgets a session 5 minutes after its connection ended. After that it would process a repeated message again.
   */
  timeoutMs?: number | undefined
}

/** A message whose answer has not come. */
interface Waiting {
  readonly text: string
  /** The epoch of the hub that it was first sent to. */
  epoch?: string
  /** Whether it was first sent within the session, so that the hub processes a repetition only once. */
  isRepeatable?: boolean
  /** When its time is up, by the wall clock. */
  readonly until: number
  expire(): void
  settle(error?: AcknowledgementError): void
}

const MAX_WAITING = 100
const MAX_TIMEOUT_MS = 240_000

/** Sends one more message on a socket, and waits for its answer. */
export type Outbox = (type: string, payload: unknown, timeoutMs: number) => Promise<void>

function makeOutbox(socket: Socket): Outbox {
  const { env } = socket
  const waiting = new Map<unknown, Waiting>()
  const session = randomHex(16)
  const refs = randomHex(4)
  let count = 0
  let hasSession = false // whether the present connection began with the session
  let stops: (() => void)[] = []

  socket.params.session = session
  socket.beforeConnect.add(() => {
    hasSession = true
  })

  const transmit = (message: Waiting, epoch: string) => {
    if (!socket.transmit(message.text) || message.epoch) return
    message.epoch = epoch
    message.isRepeatable = hasSession
  }

  const onHello = ({ id }: Hello) => {
    const epoch = epochOf(id)
    for (const message of waiting.values()) {
      const isSafe = !message.epoch || (message.isRepeatable && message.epoch === epoch)
      if (env.Date.now() >= message.until)
        message.expire() // its timer stands still while the machine sleeps, and the hub's does not
      else if (isSafe) transmit(message, epoch)
      else
        message.settle(new AcknowledgementError('unknown', 'the connection was lost before the answer came'))
    }
  }

  const failAll = (code: string, reason: string) => {
    for (const { settle } of waiting.values()) settle(new AcknowledgementError(code, reason))
  }

  const listen = () => {
    stops = [
      socket.on('$hello', onHello),
      socket.on('$ack', ({ ref }) => waiting.get(ref)?.settle()),
      socket.on('$error', ({ ref, code, reason }) =>
        waiting.get(ref)?.settle(new AcknowledgementError(code, reason)),
      ),
      socket.on('*', () => {
        if (!socket.hello) failAll('unsupported', 'the server is no signal-hub') // a hub greets first
      }),
      socket.subscribe(() => {
        if (socket.state.status === 'closed') failAll('closed', 'the socket is closed')
      }),
    ]
  }

  return (type: string, payload: unknown, timeoutMs: number) =>
    new Promise<void>((resolve, reject) => {
      const fail = (code: string, reason: string) => reject(new AcknowledgementError(code, reason))
      if (socket.state.status === 'closed') return fail('closed', 'the socket is closed')
      if (waiting.size >= MAX_WAITING)
        return fail('overflow', `${MAX_WAITING} messages wait for their answers`)

      const ref = `${refs}-${++count}`
      const message: Waiting = {
        text: JSON.stringify({ type, payload, ref }),
        until: env.Date.now() + timeoutMs,
        expire: () => message.settle(new AcknowledgementError('timeout', `no answer within ${timeoutMs} ms`)),
        settle(error) {
          env.clearTimeout(timer)
          waiting.delete(ref)
          if (!waiting.size) for (const stop of stops) stop()
          if (error) reject(error)
          else resolve()
        },
      }
      const timer = env.setTimeout(message.expire, timeoutMs)
      waiting.set(ref, message)
      if (waiting.size === 1) listen()
      if (socket.hello) transmit(message, epochOf(socket.hello.id))
    })
}

/**
 * Begins the session of `source`, an address or a socket, with the next connection. The first `sendAcknowledged` does
 * that too. Call this before the connection opens: a message cannot be repeated if it was sent on a connection that
 * began without the session. If that connection is cut, the outcome is `unknown`.
 *
 * The session of an address ends with its connection, a moment after its last user is gone. The next
 * `sendAcknowledged` begins another session.
 */
export function startSession(source: string | Socket): void {
  outboxOf(source)
}

/** Returns the outbox of `source`. The first call for a socket makes it, and with it the session. */
function outboxOf(source: string | Socket): Outbox {
  const socket = socketOf(source) as Socket
  const here = page()
  here.outboxes ??= new WeakMap()
  return getOrMake(here.outboxes, socket, () => makeOutbox(socket))
}

/**
 * Sends a message and resolves when the server has processed it. Rejects with an `AcknowledgementError` if the server
 * refused it or cannot be asked. Connects if there is no connection. If the connection is lost meanwhile, each later
 * connection sends the message again, in order, and the server processes it once. At most 100 messages wait at a time.
 */
export async function sendAcknowledged<K extends Type>(
  source: string | Socket,
  type: K,
  payload: PayloadOf<K>,
  { timeoutMs = 30_000 }: AcknowledgementOptions = {},
): Promise<void> {
  await outboxOf(source)(type, payload, Math.min(timeoutMs, MAX_TIMEOUT_MS))
}
