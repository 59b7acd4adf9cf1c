import { isId, isNewer } from './id.js'
import type { LogEvent } from './log.js'
import type { Gap } from './messages.js'
import type { SocketState } from './state.js'

/** What an inbox needs from its socket. */
export interface InboxOwner {
  state(): SocketState
  set(change: Partial<SocketState>): void
  deliver(type: string, payload: unknown, message: unknown): void
  log(event: LogEvent['event'], detail: unknown): void
}

/** The receiving half of the protocol; does no input or output of its own. */
export interface Inbox {
  /** The point up to which everything was received. */
  lastId: string | undefined
  /** What the present connection asked to resume from. */
  askedFor: string | undefined
  /** Takes a received text, or anything else that a server may send; throws at nothing. */
  receive(text: unknown): void
}

/** Makes an inbox that has seen nothing. */
export function makeInbox(owner: InboxOwner): Inbox {
  const isRecovering = () => owner.state().continuity === 'recovering'

  const gap = (payload: Gap, message: unknown = { type: '$gap', payload }) => {
    owner.set({ continuity: 'gap' })
    owner.deliver('$gap', payload, message)
  }

  const inbox: Inbox = {
    lastId: undefined,
    askedFor: undefined,
    receive(text) {
      let message: { type?: unknown; payload?: unknown; id?: unknown } | null | undefined
      try {
        message = JSON.parse(text as string)
      } catch {}
      const type = message?.type
      if (!message || typeof type !== 'string' || !type) return owner.log('ignored', text)

      // A hub greets first. Who does not knows no resume, and nobody can say what was lost meanwhile.
      if (type !== '$hello' && isRecovering()) gap({ after: inbox.askedFor })

      const { payload } = message
      if (type[0] !== '$') {
        if (isId(message.id)) {
          if (!isNewer(message.id, inbox.lastId)) return owner.log('duplicate', message)
          inbox.lastId = message.id
        }
        owner.log('message', message)
        return owner.deliver(type, payload, message)
      }

      owner.log('message', message)
      const { id, resumed } = (payload ?? {}) as { id?: unknown; resumed?: unknown }
      if (type === '$gap') return gap(payload as Gap, message)
      if (type === '$sync' && isId(id) && isNewer(id, inbox.lastId)) inbox.lastId = id
      owner.deliver(type, payload, message)
      if (type === '$hello') {
        const { askedFor } = inbox
        const recovering = isRecovering()
        if (!resumed) {
          inbox.lastId = isId(id) ? id : undefined
          if (askedFor)
            owner.set({ continuity: 'gap' }) // the hub tells more, by a `$gap` for each topic
          else if (recovering) gap({ next: inbox.lastId }) // lost before the first greeting: only we know
        } else if (recovering) owner.set({ continuity: 'live' })
      }
    },
  }
  return inbox
}
