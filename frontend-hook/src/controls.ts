/** First message of a connection to a signal-hub. */
export interface Hello {
  clientId: string
  /** The point that the connection starts from. */
  id: string
  /** Whether the connection goes on exactly where the last one ended. */
  resumed: boolean
  /** The topics that the handshake granted. */
  topics?: string[]
  /** How often to expect a `$sync`, in milliseconds; 0 for never. */
  syncMs?: number
  /** Topics that start elsewhere, and the id after which each starts. Each is caught up in its turn. */
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
  /** The state built so far is void, not only incomplete. The present state follows as messages. */
  reset?: boolean | undefined
}

/** The client follows a topic from now on, and its catch-up begins. The next `$sync` ends the catch-up. */
export interface Joined {
  topic: string
  after: string
  upTo: string
  /** The `ref` of the `$join` that this answers. */
  ref?: string | number
}

/** The client no longer follows a topic. */
export interface Left {
  topic: string
  ref?: string | number
}

/** The server has processed a message. */
export interface Acknowledgement {
  ref: string | number
  /** The answer to a request. Left out if no handler of requests answered the message. */
  answer?: unknown
}

/** The server did not accept a message, a `$join` or a `$leave`, or could not read it. */
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

/**
 * Payloads of the control messages that a server sends, by type. Handlers of `'*'` do not get them: they belong to
 * the protocol, not to the application.
 */
export interface ControlTypes {
  $hello: Hello
  $gap: Gap
  $sync: { id: string }
  $joined: Joined
  $left: Left
  $ack: Acknowledgement
  $error: Refusal
  $bye: Bye
}

/** Payloads of the control messages that a client sends, by type. */
export interface ClientControlTypes {
  /** Without `after`, the topic starts from now on. */
  $join: { topic: string; after?: string | undefined; ref?: string | number | undefined }
  $leave: { topic: string; ref?: string | number | undefined }
}

/** Whether messages of `type` belong to the application. Those of the protocol begin with `$`. */
export const isOfApplication = (type: string): boolean => /^[^$]/.test(type)

/** Makes a control message, of either side. */
export const control = <K extends keyof (ControlTypes & ClientControlTypes)>(
  type: K,
  payload: (ControlTypes & ClientControlTypes)[K],
) => ({ type, payload })
