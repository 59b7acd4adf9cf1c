import type { Acknowledgement, Hello } from './controls.js'
import { randomHex } from './hex.js'
import { epochOf } from './id.js'
import type { PayloadOf, Type } from './messages.js'
import { getOrMake, page } from './page.js'
import { socketOf } from './registry.js'
import type { Socket } from './socket.js'

/**
 * Why a message was not acknowledged, or a request not answered. If the server says so, `code` is the server's:
 * `refused`, `invalid`, `invalid_payload`, `timeout`, `forgotten`, `internal`, `unavailable` or the application's own.
 * `forgotten` means that the request was processed, but the server does not keep its answer any more. `unavailable` means
 * that a node cannot reach the others, and has processed nothing: send it again later. Otherwise it is one of these:
 *
 * - `overflow`: the message was not sent, because 100 messages wait for their answers already
 * - `timeout`: no answer came in time. The message may have been processed, or may still be
 * - `unknown`: the connection was lost, and repeating the message is not safe. The server was restarted meanwhile, or
 *   the connection began before the session did
 * - `closed`: the socket was closed for good first. The message may have been processed
 * - `unsupported`: the server is no signal-hub. The message was not sent
 * - `unanswered`: the server has processed the request as a message. It has no handler for its type, or it is older
 *   than requests
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

/**
 * The requests of the application, by type, each with what is asked and what is answered. Add yours once: the compiler
 * then checks every {@link request}.
 *
 * ```ts
 * declare module 'use-flow-socket/ack' {
 *   interface RequestTypes { PRICE: { request: { article: string }; answer: { price: number } } }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications add to it
export interface RequestTypes {}

/** A type of request. */
export type RequestType = keyof RequestTypes & string

/** What is asked in a request of type `K`. */
export type RequestOf<K extends RequestType> = RequestTypes[K] extends { request: infer Request }
  ? Request
  : never

/** What is answered to a request of type `K`. The server decides what comes, so check what matters. */
export type AnswerOf<K extends RequestType> = RequestTypes[K] extends { answer: infer Answer }
  ? Answer
  : unknown

/** Options of one acknowledged message, or of one request. */
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
  settle(outcome: AcknowledgementError | Acknowledgement): void
}

const MAX_WAITING = 100
const MAX_TIMEOUT_MS = 240_000

/** Sends one more message on a socket, and waits for its answer. */
export type Outbox = (type: string, payload: unknown, timeoutMs: number) => Promise<Acknowledgement>

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
      socket.on('$ack', (acknowledgement) => waiting.get(acknowledgement.ref)?.settle(acknowledgement)),
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
    new Promise((resolve, reject) => {
      const fail = (code: string, reason: string) => reject(new AcknowledgementError(code, reason))
      if (socket.state.status === 'closed') return fail('closed', 'the socket is closed')
      if (waiting.size >= MAX_WAITING)
        return fail('overflow', `${MAX_WAITING} messages wait for their answers`)

      const ref = `${refs}-${++count}`
      const message: Waiting = {
        text: JSON.stringify({ type, payload, ref }),
        until: env.Date.now() + timeoutMs,
        expire: () => message.settle(new AcknowledgementError('timeout', `no answer within ${timeoutMs} ms`)),
        settle(outcome) {
          env.clearTimeout(timer)
          waiting.delete(ref)
          if (!waiting.size) for (const stop of stops) stop()
          if (outcome instanceof Error) reject(outcome)
          else resolve(outcome)
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

/**
 * Sends a request and resolves with the server's answer. It is sent, repeated and limited as `sendAcknowledged` does
 * with messages. So the server handles it once, and a repeat after a lost connection gets the same answer. Rejects with
 * an `AcknowledgementError`, also if the server has no handler for this type (`unanswered`).
 */
export async function request<K extends RequestType>(
  source: string | Socket,
  type: K,
  payload: RequestOf<K>,
  { timeoutMs = 30_000 }: AcknowledgementOptions = {},
): Promise<AnswerOf<K>> {
  const { answer } = await outboxOf(source)(type, payload, Math.min(timeoutMs, MAX_TIMEOUT_MS))
  if (answer === undefined)
    // JSON has no such value
    throw new AcknowledgementError('unanswered', 'no handler of requests answered')
  return answer as AnswerOf<K>
}
