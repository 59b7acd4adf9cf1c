import { useEffect, useRef } from 'react'
import { type Flow, startRun } from './api.js'

/**
 * Runs the first flow once the page is live, so that the page shows a run. Does nothing at an address with
 * `?still`.
 */
export function useFirstRun(flows: readonly Flow[] | undefined, current: boolean) {
  const isDone = useRef(new URLSearchParams(location.search).has('still'))
  useEffect(() => {
    const [first] = flows ?? []
    if (isDone.current || !current || !first) return
    isDone.current = true
    const isBusy = flows?.some((flow) => flow.state === 'RUNNING')
    if (!isBusy) startRun(first.id).catch(() => {}) // the user did not request it, so a failure is not shown
  }, [flows, current])
}
