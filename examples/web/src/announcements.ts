/** Texts within this time are announced together. */
const TOGETHER_MS = 1_000

/**
 * Collects texts for a screen reader. A newer text on the same subject replaces a waiting one. So a
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
    this.waiting.delete(subject) // the newest text comes last
    this.waiting.set(subject, text)
  }

  private readonly flush = () => {
    const text = [...this.waiting.values()].join(' ')
    this.waiting.clear()
    this.say(text)
  }
}
