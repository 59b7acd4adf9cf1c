import { useEffect, useInsertionEffect, useRef, useState } from 'react'
import type { EventType, Handler, Message } from './messages.js'
import { type Source, socketOf } from './registry.js'

/** Calls `handler`, always the one of the latest render, with every message of `type`, in order; causes no render. */
export function useMessage<K extends EventType>(source: Source, type: K, handler: Handler<K>): void {
  const latest = useRef(handler)
  useInsertionEffect(() => {
    latest.current = handler
  })

  useEffect(
    () => socketOf(source)?.on<K>(type, (payload, message) => latest.current(payload, message)),
    [source, type],
  )
}

/** Returns the latest message of `type` since the component mounted, null at first; what comes at once renders once. */
export function useLatest<K extends EventType>(source: Source, type: K): Message<K> | null {
  const [latest, setLatest] = useState<{ from?: Source; message?: Message<K> }>({})
  useMessage(source, type, (_, message) => setLatest({ from: source, message }))
  return latest.from === source && latest.message?.type === type ? latest.message : null
}
