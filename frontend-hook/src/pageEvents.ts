import type { Env, PageListener } from './env.js'

const TYPES = ['offline', 'online', 'pageshow', 'visibilitychange']

/**
 * Receives an event of the page.
 *
 * - `isBack`: somebody looks at the page, or the network is back
 * - `isNetwork`: the network changed
 */
export type PageEventListener = (isBack: boolean, isNetwork: boolean) => void

/** Calls `listener` after every event of the page, until the returned function is called. */
export function listenToPage(env: Env, listener: PageEventListener): () => void {
  const task: PageListener = ({ type }) =>
    listener(type !== 'offline' && !env.document?.hidden, /line/.test(type))
  for (const type of TYPES) env.addEventListener?.(type, task)
  return () => {
    for (const type of TYPES) env.removeEventListener?.(type, task)
  }
}
