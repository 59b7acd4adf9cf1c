import { type ControlTypes, control, type Gap, type Hello, isOfApplication } from './controls.js'
import { beginningOf, isId, isNewer } from './id.js'
import type { LogEvent } from './log.js'
import type { Continuity } from './state.js'

/** What an inbox needs from its socket. */
export interface InboxOwner {
  /** The continuity may have changed. */
  changed(): void
  deliver(type: string, payload: unknown, message: unknown): void
  log(event: LogEvent, detail: unknown): void
  /** Calls `settle` after a while. */
  settleLater(): void
}

/** How far messages were received: of all topics, or of one topic while it catches up with the rest. */
interface Cursor {
  /** The topic that catches up. */
  topic?: unknown
  /** The id after which the topic begins. */
  after?: unknown
  /** Everything up to here was received. Undefined if nothing received so far counts. */
  lastId?: unknown
}

/** The payload of a control message as it was received: any member may be missing or wrong. */
type Received<K extends keyof ControlTypes> = { readonly [M in keyof ControlTypes[K]]?: unknown }

/** The receiving half of the protocol. It does no input or output of its own. */
export interface Inbox {
  /** Everything up to here was received; undefined if the server gives no ids. */
  readonly lastId?: string | undefined
  /** The topics that the last greeting granted, on this connection or an earlier one. Undefined before the first. */
  readonly topics?: unknown[]
  /** The greeting of the present connection. */
  readonly hello?: Hello | undefined
  /** The farewell of the present connection. */
  readonly bye?: Received<'$bye'> | undefined
  readonly continuity: Continuity
  /**
   * Begins a connection. Adds to its `query` where to go on: where the last connection ended, or else after the id
   * `after`.
   */
  start(query: URLSearchParams, after: string | undefined): void
  /** The connection ended. If it was open, messages may be lost from now on. */
  end(wasOpen: boolean): void
  /** The connection has become stable. A hub would have greeted by now. */
  settle(): void
  /** The application has fetched what was lost. */
  endGap(): void
  /** Forgets everything. The application knows all messages up to `id`. */
  reset(id?: string): void
  /** Takes a received text, or anything else that a server may send. Throws nothing. */
  receive(text: unknown): void
}

type Members = { readonly [member: string]: unknown }

const parse = (text: unknown): Members => {
  try {
    return JSON.parse(text as string) ?? {}
  } catch {
    return {}
  }
}

/** Makes an inbox that has seen nothing. */
export function makeInbox({ changed, deliver, log, settleLater }: InboxOwner): Inbox {
  const catchUps = new Map<unknown, Cursor>() // by topic: those that wait, and the one that runs
  let running: Cursor // that of the catch-up between `$joined` and `$sync`, else the inbox
  let askedFor: string | undefined // the id after which the present connection asked to go on
  let isLost = false // a connection was lost, and the server has not yet told what came meanwhile
  let isGap = false // messages were lost, and the application has not fetched them yet

  const advance = (cursor: Cursor, id: unknown) => {
    const isNews = isNewer(id, cursor.lastId)
    if (isNews) cursor.lastId = id
    return isNews
  }

  /** Enters a gap. Delivers `payload` as its `$gap`, if the server tells of none. */
  const enterGap = (payload?: Gap) => {
    isLost = false
    isGap = true
    changed()
    if (payload) deliver('$gap', payload, control('$gap', payload))
    // Without ids the application cannot say what it knows, so the gap ends by itself.
    if (!inbox.lastId) settleLater()
  }

  const readers: { readonly [K in keyof ControlTypes]?: (payload: Received<K>) => void } = {
    $hello(greeting) {
      inbox.hello = greeting as Hello
      inbox.topics = Object.values(greeting.topics ?? {})
      catchUps.clear()
      for (const [topic, after] of Object.entries(greeting.catchUps ?? {})) catchUps.set(topic, { after })
      if (greeting.resumed) {
        isLost = false
        return changed()
      }
      inbox.lastId = undefined
      advance(inbox, greeting.id)
      if (askedFor)
        enterGap() // the hub tells more, by a `$gap` for each topic
      else if (isLost) enterGap({ next: inbox.lastId }) // the hub was never told of the lost connection
    },
    $gap({ topic, reset, next }) {
      if (!reset) return enterGap()
      // The whole state follows by itself. If the connection ends before, another node knows nothing of this.
      const after = beginningOf(next)
      if (topic === running.topic) running.lastId = after
      else catchUps.set(topic, { after })
    },
    $joined({ topic, after, upTo }) {
      running = { topic, after, lastId: after }
      catchUps.set(topic, running)
      advance(inbox, upTo)
    },
    $sync({ id }) {
      catchUps.delete(running.topic)
      running = inbox
      advance(inbox, id)
    },
    $bye(bye) {
      inbox.bye = bye
    },
  }

  const inbox: { -readonly [K in keyof Inbox]: Inbox[K] } = {
    get continuity() {
      return isGap ? 'gap' : isLost ? 'recovering' : 'live'
    },
    start(query, after) {
      running = inbox
      inbox.lastId ??= after
      askedFor = inbox.lastId
      if (askedFor) query.append('after', askedFor)
      for (const [topic, { after, lastId = after }] of catchUps) {
        // The client joined the other topics by `$join`, and does so again.
        if (inbox.topics?.includes(topic)) query.append('topic', `${topic}@${lastId}`)
      }
    },
    end(wasOpen) {
      inbox.hello = inbox.bye = undefined
      if (wasOpen) isLost = true
    },
    settle() {
      if (!inbox.topics && isLost) return enterGap({ after: askedFor })
      if (inbox.lastId) return
      isGap = false
      changed()
    },
    endGap() {
      isGap = false
    },
    reset(id) {
      inbox.lastId = id
      isLost = isGap = false
      catchUps.clear()
    },
    receive(text) {
      const message = parse(text)
      const { type, payload, topic, id } = message
      if (typeof type !== 'string' || !type) return log('ignored', text)

      // A hub greets first. Other servers cannot resume, and cannot tell what was lost.
      if (type !== '$hello' && isLost) enterGap({ after: askedFor })

      if (!isOfApplication(type)) readers[type as '$hello']?.((payload ?? {}) as Received<'$hello'>)
      else if (isId(id) && !advance(topic === running.topic ? running : inbox, id)) return // received before
      log('message', message)
      deliver(type, payload, message)
    },
  }
  return inbox
}
