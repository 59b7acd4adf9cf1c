import type { ControlTypes } from './controls.js'

/**
 * State of a run of a flow, or of one node of it. JavaScript rounds ids beyond `Number.MAX_SAFE_INTEGER` (2^53 − 1).
 * Have your server send such ids as text, and declare the type anew with `flowId: string` (see {@link MessageTypes}).
 */
export interface FlowStatus {
  flowId: number
  status: 'STARTED' | 'NODE_COMPLETE' | 'FINISHED' | 'FAILED'
  /** Present if the message is about a node. */
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
 * Payloads of the application's messages, by type. Add your types once: the compiler then checks every handler and
 * every send. Your type replaces a built-in type of the same name.
 *
 * ```ts
 * declare module 'use-flow-socket' {
 *   interface MessageTypes { CHAT: { text: string } }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications add to it
export interface MessageTypes {}

/** A type of application message. */
export type Type = keyof (BuiltInTypes & MessageTypes) & string

/** A type that handlers can listen to: of the application or of the protocol. */
export type EventType = Type | keyof ControlTypes

/** The types that `Types` names. An index signature names none. */
type Named<Types> = keyof { [K in keyof Types as string extends K ? never : K]: unknown }

/** The payload of a message of type `K`. */
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
    /** Place in the order of the hub. Servers that cannot resume leave it out. */
    id?: string
  }
}[K]

/** A message to send. */
export type Outgoing<K extends Type = Type> = { [T in K]: { type: T; payload: PayloadOf<T> } }[K]

/** Receives a message. An error that it throws is reported, and stops no other handler. */
export type Handler<K extends EventType = Type> = (payload: PayloadOf<K>, message: Message<K>) => void
