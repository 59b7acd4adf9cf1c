/** A clock that only a test moves. */
export interface FakeClock {
  /** Milliseconds since 1970. A new clock is at 0. */
  readonly now: number
  /** How many timers have not run. */
  readonly pendingTimers: number
  setTimeout(task: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  /** Lets `ms` go by. Every timer runs at its time. */
  advance(ms: number): void
  /** Lets `ms` go by as for a machine that sleeps. No timer runs, and each still waits as long as before. */
  sleep(ms: number): void
}

/** Makes a clock at 0. */
export function makeFakeClock(): FakeClock {
  let now = 0
  let timers: { id: number; at: number; task: () => void }[] = []
  let ids = 0

  return {
    get now() {
      return now
    },
    get pendingTimers() {
      return timers.length
    },
    setTimeout(task, ms) {
      ids++
      timers.push({ id: ids, at: now + ms, task })
      return ids
    },
    clearTimeout(timer) {
      timers = timers.filter(({ id }) => id !== timer)
    },
    advance(ms) {
      const end = now + ms
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.id - b.id)
        if (!next) break
        timers = timers.filter((timer) => timer !== next)
        now = next.at
        next.task()
      }
      now = end
    },
    sleep(ms) {
      now += ms
      timers = timers.map((timer) => ({ ...timer, at: timer.at + ms }))
    },
  }
}
