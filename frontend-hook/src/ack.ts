import { randomHex } from './hex.js'
import { epochOf } from './id.js'
import type { Hello, PayloadOf, Type } from './messages.js'
import { page } from './page.js'
import { socketOf } from './registry.js'
import type { Socket } from './socket.js'

/**
 * Why a message was not acknowledged. The server's word, with the code that it gave: `refused`, `invalid`,
 * `internal` or the application's own. Or this side's:
 *
 * - `overflow`: not sent, 100 messages wait for their answers already
 * - `timeout`: no answer in time; the message may have been processed, or may still be
 * - `unknown`: the connection it was sent on was lost, and repeating it is not safe: the server was
 *   restarted meanwhile, or the connection began before the session did
 * - `closed`: the socket was closed for good first; the message may have been processed
 * - `unsupported`: the server is no signal-hub; the message was not sent
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

  /** Whether `error` is one, of whichever copy of this package. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return (error as Error | null)?.name === 'AcknowledgementError'
  }
}

/** Options of one acknowledged message. */
export interface AcknowledgementOptions {
  /**
   * How long to wait for the answer, reconnecting included. Default 30,000; at most 240,000, because a hub forgets
   * a session 5 minutes after its connection ended, and would then process a repeated message again.
   */
  timeoutMs?: number | undefined
}

/** A message whose answer has not come. */
interface Waiting {
  text: string
  /** Of the hub that it was sent to; none as long as it was not sent. */
  epoch?: string
  /** Whether it was sent within the session. */
  isRepeatable?: boolean
  /** When its time is up, by the wall clock. */
  readonly until: number
  expire(): void
  settle(error?: AcknowledgementError): void
}

const MAX_WAITING = 100
const MAX_TIMEOUT_MS = 240_000

/** The messages of one socket that wait for an answer: sends one more, and waits for its answer. */
export type Outbox = (type: string, payload: unknown, timeoutMs: number) => Promise<void>

function makeOutbox(socket: Socket): Outbox {
  const { env } = socket
  const waiting = new Map<unknown, Waiting>()
  const session = randomHex(16)
  const refs = randomHex(4)
  let count = 0
  let hasSession = false // the present connection
  let stops: (() => void)[] = []

  Object.defineProperty(socket.params, 'session', {
    get() {
      hasSession = true // an address is being made: its connection has the session, and so has every later one
      return session
    },
    enumerable: true,
    configurable: true,
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
        message.expire() // its timer stands still during sleep, the hub does not
      else if (isSafe) transmit(message, epoch)
      else
        message.settle(new AcknowledgementError('unknown', 'the connection was lost before the answer came'))
    }
  }

  const failAll = (code: string, reason: string) => {
    for (const { settle } of waiting.values()) settle(new AcknowledgementError(code, reason))
  }

  const start = () => {
    stops = [
      socket.on('$hello', onHello),
      socket.on('$ack', ({ ref }) => waiting.get(ref)?.settle()),
      socket.on('$error', ({ ref, code, reason }) =>
        waiting.get(ref)?.settle(new AcknowledgementError(code, reason)),
      ),
      socket.on('*', () => {
        if (!socket.hello) failAll('unsupported', 'the server is no signal-hub') // which greets first
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
      if (waiting.size === 1) start()
      if (socket.hello) transmit(message, epochOf(socket.hello.id))
    })
}

/**
 * Begins the session of `source`, an address or a socket, with the next connection. The first
 * `sendAcknowledged` does that too; before the connection opens is better, because a message sent on one that
 * began without the session cannot be repeated: should it be cut, the outcome is `unknown`. The session of an address
 * ends with its connection, a moment after its last user is gone; the next `sendAcknowledged` begins another.
 */
export function startSession(source: string | Socket): void {
  outboxOf(source)
}

function outboxOf(source: string | Socket) {
  const socket = socketOf(source) as Socket
  page().outboxes ??= new WeakMap()
  const outboxes = page().outboxes as WeakMap<Socket, Outbox>
  const outbox = outboxes.get(socket) ?? makeOutbox(socket)
  outboxes.set(socket, outbox)
  return outbox
}

/**
 * Sends a message and resolves when the server has processed it; rejects with an `AcknowledgementError` where it
 * refused or cannot be asked. It connects where need be. If the connection is lost meanwhile, the message is sent
 * again, in order, after each return; the server processes it once. At most 100 messages wait at a time.
 */
export async function sendAcknowledged<K extends Type>(
  source: string | Socket,
  type: K,
  payload: PayloadOf<K>,
  { timeoutMs = 30_000 }: AcknowledgementOptions = {},
): Promise<void> {
  await outboxOf(source)(type, payload, Math.min(timeoutMs, MAX_TIMEOUT_MS))
}
