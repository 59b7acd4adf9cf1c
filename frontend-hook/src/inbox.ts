import { isId, isNewer } from './id.js'
import type { LogEvent } from './log.js'
import type { Bye, Gap, Hello } from './messages.js'
import type { SocketState } from './state.js'

/** What an inbox needs from its socket. */
export interface InboxOwner {
  set(change: Partial<SocketState>): void
  deliver(type: string, payload: unknown, message: unknown): void
  log(event: LogEvent, detail: unknown): void
  /** Has `settle` called in a while. */
  later(): void
}

/** What was received of everything, or of one topic while it catches up with the rest. */
interface Reader {
  topic?: unknown
  /** Where it begins. */
  after?: unknown
  /** The point up to which it was received; undefined if nothing received so far counts. */
  lastId?: unknown
}

/** The receiving half of the protocol; does no input or output of its own. */
export interface Inbox extends Reader {
  lastId?: string | undefined
  /** Those that the last greeting granted; undefined before the first one. */
  topics?: unknown[]
  /** The greeting of the connection begun last. */
  hello?: Hello | undefined
  /** Its farewell. */
  bye?: Bye | undefined
  /** Whether a connection was lost, and nobody knows yet what came meanwhile. */
  isLost?: boolean
  /** Begins a connection, adding to its `query` what makes it go on where the last one ended. */
  start(query: URLSearchParams): void
  /** The connection has become stable: a hub would have greeted. */
  settle(): void
  /** Forgets everything, but that all up to `id` is known. */
  reset(id?: string): void
  /** Takes a received text, or anything else that a server may send; throws at nothing. */
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
export function makeInbox({ set, deliver, log, later }: InboxOwner): Inbox {
  let askedFor: string | undefined
  const catchUps = new Map<unknown, Reader>() // by topic, those that wait or run
  let running: Reader // the catch-up between `$joined` and `$sync`, else the inbox

  const advance = (reader: Reader, id: unknown) => {
    const isNews = isNewer(id, reader.lastId)
    if (isNews) reader.lastId = id
    return isNews
  }

  /** Enters a gap, and tells of it where no server can. */
  const gap = (payload?: Gap) => {
    inbox.isLost = false
    set({ continuity: 'gap' })
    if (payload) deliver('$gap', payload, { type: '$gap', payload })
    // Without ids nobody can say what is known: to have told the gap is all that can be done.
    if (!inbox.lastId) later()
  }

  const controls: { readonly [type: string]: (payload: Members) => void } = {
    $hello(hello) {
      const { id, resumed, topics, catchUps: started } = hello
      inbox.hello = hello as object as Hello
      inbox.topics = Object.values(topics ?? {})
      catchUps.clear()
      for (const [topic, after] of Object.entries(started ?? {})) catchUps.set(topic, { after })
      if (resumed) {
        inbox.isLost = false
        return set({})
      }
      inbox.lastId = undefined
      advance(inbox, id)
      if (askedFor)
        gap() // the hub tells more, by a `$gap` for each topic
      else if (inbox.isLost) gap({ next: inbox.lastId }) // lost before the first greeting: only we know
    },
    $gap({ topic, reset }) {
      if (!reset) gap()
      else if (topic === running.topic) running.lastId = undefined // the whole state follows by itself
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

  const inbox: Inbox = {
    start(query) {
      running = inbox
      askedFor = inbox.lastId
      if (askedFor) query.append('after', askedFor)
      for (const [topic, { after, lastId = after }] of catchUps) {
        // Other topics are their joiners' to ask for again.
        if (inbox.topics?.includes(topic)) query.append('topic', `${topic}@${lastId}`)
      }
    },
    settle() {
      if (!inbox.topics && inbox.isLost) gap({ after: askedFor })
      else if (!inbox.lastId) set({ continuity: 'live' })
    },
    reset(id) {
      inbox.lastId = id
      inbox.isLost = false
      catchUps.clear()
    },
    receive(text) {
      const message = parse(text)
      const { type, payload, topic, id } = message
      if (typeof type !== 'string' || !type) return log('ignored', text)

      // A hub greets first. Who does not knows no resume, and nobody can say what was lost meanwhile.
      if (type !== '$hello' && inbox.isLost) gap({ after: askedFor })

      if (type[0] === '$') controls[type]?.((payload ?? {}) as Members)
      else if (isId(id) && !advance(topic === running.topic ? running : inbox, id)) return // it is known
      log('message', message)
      deliver(type, payload, message)
    },
  }
  return inbox
}
