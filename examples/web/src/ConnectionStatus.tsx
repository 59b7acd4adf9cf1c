import { useEffect, useState } from 'react'
import type { Status } from 'use-flow-socket'

/** What the connection is like, in words; announced when the words change, not at every second. */
export function ConnectionStatus(props: { status: Status; retryAt: number | null; current: boolean }) {
  const secondsLeft = useSecondsUntil(props.retryAt)
  const { kind, text } = describe(props.status, props.current)
  return (
    <p role="status" className={`connection ${kind}`}>
      <span className="lamp" aria-hidden="true" />
      <span>
        {text}
        {secondsLeft !== null && <span aria-hidden="true"> in {secondsLeft} s</span>}
      </span>
    </p>
  )
}

function describe(status: Status, current: boolean): { kind: 'good' | 'busy' | 'bad'; text: string } {
  switch (status) {
    case 'open':
      return current ? { kind: 'good', text: 'Connected' } : { kind: 'busy', text: 'Catching up…' }
    case 'idle':
    case 'connecting':
      return { kind: 'busy', text: 'Connecting…' }
    case 'waiting':
      return { kind: 'bad', text: 'Reconnecting' }
    case 'offline':
      return { kind: 'bad', text: 'No network, trying again' }
    case 'closed':
      return { kind: 'bad', text: 'Disconnected' }
  }
}

function useSecondsUntil(at: number | null): number | null {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (at === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [at])
  return at === null ? null : Math.max(1, Math.ceil((at - now) / 1000))
}
