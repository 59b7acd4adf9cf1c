import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { Message, MessageTypes, Outgoing, Type } from './messages.js'
import type { Options } from './options.js'
import { type Source, socketOf } from './registry.js'
import type { SocketState } from './state.js'
import { makeView, UNMOUNTED } from './view.js'

/** What `useWebSocket` returns. Members are read lazily: what a component does not read never renders it. */
export interface FlowSocket extends SocketState {
  /**
   * The message received last, null at first. Every message is shown in a render of its own, in order;
   * should more than 10,000 wait for theirs, the oldest are skipped. To act on messages, `useMessage` is
   * better: it renders nothing.
   */
  readonly lastMessage: Message | null
  /** Sends a message, or keeps it for the next connection; false if it was dropped. See `Socket.send`. */
  sendMessage: SendMessage
  /** Connects anew at once. See `Socket.reconnect`. */
  reconnect(): void
  /** Closes for good, for all components. See `Socket.close`. */
  close(): void
  /** Says what is known from elsewhere. See `Socket.resumeFrom`. */
  resumeFrom(id: string): void
}

/** Takes a type and its payload, or both in one object. */
export interface SendMessage {
  <K extends Type>(type: K, payload: MessageTypes[K]): boolean
  (message: Outgoing): boolean
}

/**
 * Connects the component to `source`: an address, relative to the page if you like, whose one connection
 * all components share; a socket of `createSocket`; or null for none.
 *
 * Options belong to the connection: those of all its components are merged, the latest given wins. A socket has its own.
 */
export function useWebSocket(source: Source, options?: Options): FlowSocket {
  const view = useMemo(() => makeView(source), [source])
  const snapshot = useSyncExternalStore(
    useCallback((notify) => view.subscribe(notify), [view]),
    () => view.getSnapshot(), // new each time: makes React look again after a commit that read more than before
    () => UNMOUNTED,
  )

  useEffect(() => {
    if (options) socketOf(source, options)
  })

  useEffect(() => view.committed(snapshot), [view, snapshot])

  const actions = useMemo(() => {
    const socket = () => socketOf(source)
    return {
      sendMessage: ((...message: [Outgoing]) => socket()?.send(...message) ?? false) as SendMessage,
      reconnect: () => socket()?.reconnect(),
      close: () => socket()?.close(),
      resumeFrom: (id: string) => socket()?.resumeFrom(id),
    }
  }, [source])

  return useMemo(() => view.show(snapshot, actions), [view, snapshot, actions])
}
