const { performance, setTimeout } = globalThis // the real ones, also while a test has fake timers
const TIMEOUT_MS = Number(process.env.UNTIL_TIMEOUT_MS ?? 30_000)

/** Waits until `task` throws nothing; rejects with what it throws after thirty seconds of real time. */
export async function until(task: () => void): Promise<void> {
  for (const end = performance.now() + TIMEOUT_MS; ; ) {
    try {
      return task()
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
