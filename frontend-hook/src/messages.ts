/**
 * State of a run of a flow, or of one node of it. JavaScript rounds ids beyond `Number.MAX_SAFE_INTEGER` (2^53 − 1). Have
 * your server send such ids as text, and declare the type anew with `flowId: string` (see {@link MessageTypes}).
 */
export interface FlowStatus {
  flowId: number
  status: 'STARTED' | 'NODE_COMPLETE' | 'FINISHED' | 'FAILED'
  /** Present where a node is meant. */
  nodeId?: string
  /** ISO 8601. */
  timestamp: string
}

/** A new entry of the ledger. */
export interface LedgerUpdate {
  entryId: number
  flowId: number
  description: string
  /** A decimal number as text, so that no cent is lost to binary fractions. */
  amount: string
  /** ISO 4217. */
  currency: string
  /** ISO 8601. */
  timestamp: string
}

/** A new suggestion for making a flow faster. */
export interface OptimizationAvailable {
  suggestionId: number
  flowId: number
  nodeId: string
  title: string
  detail: string
  savingMillis: number
  /** ISO 8601. */
  timestamp: string
}

/** Payloads of the message types that are built in. */
export interface BuiltInTypes {
  FLOW_STATUS: FlowStatus
  LEDGER_UPDATE: LedgerUpdate
  OPTIMIZATION_AVAILABLE: OptimizationAvailable
}

/**
 * Payloads by message type, of the application: add your own once, and every handler and every send is checked. A type
 * of the same name as one that is built in replaces it.
 *
 * ```ts
 * declare module 'use-flow-socket' {
 *   interface MessageTypes { CHAT: { text: string } }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications add to it
export interface MessageTypes {}

/** First message of a connection to a signal-hub. */
export interface Hello {
  clientId: string
  /** The point that the connection starts from. */
  id: string
  /** Whether it goes on exactly where the last one ended. */
  resumed: boolean
  /** The topics that the handshake granted. */
  topics?: string[]
  /** How often to expect a `$sync`, in milliseconds; 0 for never. */
  syncMs?: number
  /** Where topics start that start elsewhere: each is caught up in its turn. */
  catchUps?: { [topic: string]: string }
}

/** Messages were lost: fetch your snapshot again. */
export interface Gap {
  /** The topic concerned; every topic if left out. */
  topic?: string | undefined
  /** Nothing up to here is missing. */
  after?: string | undefined
  /** Nothing from here on is missing. */
  next?: string | undefined
  /** The state built so far is void, not only incomplete, and the present one follows as messages. */
  reset?: boolean | undefined
}

/** A topic is followed from now on, and its catch-up begins; the next `$sync` ends it. */
export interface Joined {
  topic: string
  after: string
  upTo: string
  /** That of the `$join` which it answers. */
  ref?: string | number
}

/** A topic is followed no more. */
export interface Left {
  topic: string
  ref?: string | number
}

/** A message, a `$join` or a `$leave` was not accepted, or was none. */
export interface Refusal {
  ref?: string | number
  code: string
  /** For people. */
  reason: string
}

/** The server is about to close. */
export interface Bye {
  reason?: string
  /** How long after the close to come back. */
  retryAfterMs?: number
}

/** Messages of the protocol itself, by type; never delivered as application messages. */
export interface ControlTypes {
  $hello: Hello
  $gap: Gap
  $sync: { id: string }
  $joined: Joined
  $left: Left
  $ack: { ref: string | number }
  $error: Refusal
  $bye: Bye
}

/** A type of application message. */
export type Type = keyof (BuiltInTypes & MessageTypes) & string

/** A type that can be listened to: application messages and those of the protocol. */
export type EventType = Type | keyof ControlTypes

/** The types that `Types` names: without those of an index signature, which stand for all others. */
type Named<Types> = keyof { [K in keyof Types as string extends K ? never : K]: unknown }

/** What a message of type `K` carries. */
export type PayloadOf<K extends EventType> = K extends keyof ControlTypes
  ? ControlTypes[K]
  : K extends Named<MessageTypes>
    ? MessageTypes[K]
    : K extends keyof BuiltInTypes
      ? BuiltInTypes[K]
      : K extends keyof MessageTypes
        ? MessageTypes[K]
        : never

/** A received message; narrow it by its `type`. */
export type Message<K extends EventType = Type> = {
  [T in K]: {
    type: T
    payload: PayloadOf<T>
    /** Left out for broadcasts. */
    topic?: string
    /** Place in the order of the hub; left out by servers that know no resume. */
    id?: string
  }
}[K]

/** A message to send. */
export type Outgoing<K extends Type = Type> = { [T in K]: { type: T; payload: PayloadOf<T> } }[K]

/** Receives a message; what it throws is reported and concerns nobody else. */
export type Handler<K extends EventType = Type> = (payload: PayloadOf<K>, message: Message<K>) => void
