/** The result of a reconnect. */
export interface Recovered {
  /** The number of messages published while the page was disconnected. */
  missed: number
  /** The number of them that never arrived. */
  lost: number
  /** The time from the server's greeting to the last of them. */
  ms: number
}

const OFFSET = 17 // an id is its hub's epoch, a dash, and the offset

const offsetOf = (id: string): number => Number(id.slice(OFFSET))

/**
 * Counts the messages that a reconnect recovers, by the ids of received messages alone. A single hub of this example
 * only broadcasts. So each offset after the greeting's is a message to this page, and a missing one is lost. Several
 * nodes have tables. Rows that were superseded meanwhile are not sent, so only what arrives is counted. A loss is told
 * by `$gap` in any case. Has no clock.
 */
export class Recovery {
  private greetings = 0
  private after: number | null = null // null unless a reconnect is in progress
  private greetedAt = 0
  private hasTables = false
  private received = new Map<number, number>() // the time of arrival, by offset
  private upTo: number | null = null // the last message published while the page was disconnected

  /**
   * Records a greeting of the server. Returns whether this is a reconnect. If so, call `publishedUpTo` next.
   */
  greeted(id: string, resumed: boolean, now: number, hasTables = false): boolean {
    this.greetings++
    this.hasTables = hasTables
    this.upTo = null
    this.received.clear()
    this.after = this.greetings > 1 && resumed ? offsetOf(id) : null
    this.greetedAt = now
    return this.after !== null
  }

  /**
   * Records the last id published soon after the greeting. Returns the result, or null while it is
   * incomplete.
   */
  publishedUpTo(id: string): Recovered | null {
    if (this.after === null) return null
    this.upTo ??= offsetOf(id)
    return this.result(Math.max(this.after, ...this.received.keys()))
  }

  /** Records a message. The server has sent all earlier messages. */
  message(id: string | undefined, now: number): Recovered | null {
    if (this.after === null || id === undefined) return null
    this.received.set(offsetOf(id), now)
    return this.result(offsetOf(id))
  }

  /** Records that the server has sent all messages up to `id`, even if none has arrived lately. */
  sentUpTo(id: string): Recovered | null {
    if (this.after === null) return null
    this.upTo ??= offsetOf(id)
    return this.result(offsetOf(id))
  }

  private result(sent: number): Recovered | null {
    const { after, upTo } = this
    if (after === null || upTo === null || sent < upTo) return null
    const recovered = [...this.received].filter(([offset]) => offset > after && offset <= upTo)
    const missed = this.hasTables ? recovered.length : Math.max(0, upTo - after)
    const lastAt = Math.max(this.greetedAt, ...recovered.map(([, at]) => at))
    this.after = null
    return { missed, lost: missed - recovered.length, ms: Math.round(lastAt - this.greetedAt) }
  }
}

/** Returns the page's text about a result. */
export function describeRecovery({ missed, lost, ms }: Recovered): string {
  if (missed === 0) return 'Reconnected. No message was missed.'
  const messages = `${missed} ${missed === 1 ? 'message' : 'messages'} missed`
  if (lost === 0) return `Reconnected. ${messages}, recovered in ${ms} ms.`
  return `Reconnected. ${messages}, ${missed - lost} recovered in ${ms} ms, ${lost} lost. Everything was loaded anew.`
}
