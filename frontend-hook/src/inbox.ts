import { isId, isNewer } from './id.js'
import type { LogEvent } from './log.js'
import type { Gap } from './messages.js'
import type { Continuity } from './state.js'

/** What an inbox needs from its socket. */
export interface InboxOwner {
  continuity(): Continuity
  setContinuity(continuity: Continuity): void
  deliver(type: string, payload: unknown, message: unknown): void
  log(event: LogEvent['event'], detail: unknown): void
}

/** The receiving half of the protocol; does no input or output of its own. */
export interface Inbox {
  /** The point up to which everything was received. */
  lastId: string | undefined
  /** A connection starts that asks to resume from `lastId`. */
  start(): void
  /** Takes a received text, or anything else that a server may send; throws at nothing. */
  receive(text: unknown): void
}

/** Makes an inbox that has seen nothing. */
export function makeInbox(owner: InboxOwner): Inbox {
  let startedFrom: string | undefined

  const gap = (payload: Gap, message: unknown = { type: '$gap', payload }) => {
    owner.setContinuity('gap')
    owner.deliver('$gap', payload, message)
  }

  const onHello = (resumed: unknown, id: unknown) => {
    const recovering = owner.continuity() === 'recovering'
    if (resumed) {
      if (recovering) owner.setContinuity('live')
      return
    }
    inbox.lastId = isId(id) ? id : undefined
    if (recovering || startedFrom) gap({ after: startedFrom, next: inbox.lastId, reset: true })
  }

  const inbox: Inbox = {
    lastId: undefined,
    start() {
      startedFrom = inbox.lastId
    },
    receive(text) {
      let message: { type?: unknown; payload?: unknown; id?: unknown } | null | undefined
      try {
        message = JSON.parse(text as string)
      } catch {}
      const type = message?.type
      if (!message || typeof type !== 'string' || !type) return owner.log('ignored', text)

      // A hub greets first. Who does not knows no resume, and nobody can say what was lost meanwhile.
      if (type !== '$hello' && owner.continuity() === 'recovering') gap({ after: startedFrom })

      const { payload } = message
      if (type[0] !== '$') {
        if (isId(message.id)) {
          if (!isNewer(message.id, inbox.lastId)) return owner.log('duplicate', message)
          inbox.lastId = message.id
        }
        owner.log('message', message)
        return owner.deliver(type, payload, message)
      }

      owner.log('control', message)
      const { id, resumed } = (payload ?? {}) as { id?: unknown; resumed?: unknown }
      if (type === '$gap') return gap(payload as Gap, message)
      if (type === '$sync' && isId(id) && isNewer(id, inbox.lastId)) inbox.lastId = id
      owner.deliver(type, payload, message)
      if (type === '$hello') onHello(resumed, id)
    },
  }
  return inbox
}
