/** Receives an event of the page. */
export type PageListener = (event: { readonly type: string }) => void

/**
 * Everything that the socket takes from its surroundings, by the names of `globalThis`. Each is looked up when it is
 * used, so importing the package touches nothing. Tests pass surroundings whose time they control.
 */
export interface Env {
  setTimeout(task: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  readonly Math: { random(): number }
  readonly Date: { now(): number }
  /** Some platforms lack this member and those below. */
  readonly navigator?: { readonly onLine?: boolean } | undefined
  readonly document?: { readonly hidden?: boolean } | undefined
  addEventListener?(type: string, task: PageListener): void
  removeEventListener?(type: string, task: PageListener): void
  /** Receives an error that a handler threw. */
  reportError?(error: unknown): void
}
