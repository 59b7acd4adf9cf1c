/** What is said within this time is said together. */
const TOGETHER_MS = 1_000

/**
 * Collects what a screen reader is to say. A newer text on the same subject replaces the one that waits, so that a
 * connection that fails five times a second is announced once. Knows neither React nor the DOM.
 */
export class Announcements {
  private readonly waiting = new Map<string, string>()

  constructor(
    private readonly say: (text: string) => void,
    private readonly later = (task: () => void, ms: number): void => void setTimeout(task, ms),
  ) {}

  readonly add = (subject: string, text: string): void => {
    if (this.waiting.size === 0) this.later(this.flush, TOGETHER_MS)
    this.waiting.delete(subject) // the newest comes last
    this.waiting.set(subject, text)
  }

  private readonly flush = () => {
    const text = [...this.waiting.values()].join(' ')
    this.waiting.clear()
    this.say(text)
  }
}
