/** Is told of an event of the page. */
export type PageListener = (event: { readonly type: string }) => void

/**
 * All that the socket takes from its surroundings, by the names that `globalThis` has for it and looked up
 * when used: importing this touches nothing, and tests lose no second.
 */
export interface Env {
  setTimeout(task: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  readonly Math: { random(): number }
  readonly Date: { now(): number }
  /** Not everywhere, like all that follows. */
  readonly navigator?: { readonly onLine?: boolean } | undefined
  readonly document?: { readonly hidden?: boolean } | undefined
  addEventListener?(type: string, task: PageListener): void
  removeEventListener?(type: string, task: PageListener): void
  /** Receives what a handler threw. */
  reportError?(error: unknown): void
}
