import { useEffect, useState } from 'react'

/** Returns the whole seconds until a moment, in ms since 1970, at least 1; null without one. */
export function useSecondsUntil(at: number | null): number | null {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (at === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [at])
  return at === null ? null : Math.max(1, Math.ceil((at - now) / 1000))
}
