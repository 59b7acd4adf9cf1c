import { useEffect, useInsertionEffect, useRef, useState } from 'react'
import type { EventType, Handler, Message } from './messages.js'
import { type Source, socketOf } from './registry.js'
import { watchSource } from './warn.js'

/**
 * Calls the `handler` of the latest render with every message of `type`, in order. Causes no render. `'*'` stands for
 * every application message.
 */
export function useMessage<K extends EventType>(source: Source, type: K, handler: Handler<K>): void
export function useMessage(
  source: Source,
  type: '*',
  handler: (payload: unknown, message: Message) => void,
): void
export function useMessage(
  source: Source,
  type: string,
  handler: (payload: never, message: never) => void,
): void {
  const latest = useRef(handler)
  useInsertionEffect(() => {
    latest.current = handler
    return watchSource(source)
  })

  useEffect(
    () =>
      socketOf(source)?.on(type as '*', (payload, message) =>
        latest.current(payload as never, message as never),
      ),
    [source, type],
  )
}

/** Returns the latest message of `type` since the component mounted, or null. Messages that come together render once. */
export function useLatest<K extends EventType>(source: Source, type: K): Message<K> | null {
  const [latest, setLatest] = useState<{ from?: Source; message?: Message<K> }>({})
  useMessage<K>(source, type, (_, message) => setLatest({ from: source, message }))
  return latest.from === source && latest.message?.type === type ? latest.message : null
}
