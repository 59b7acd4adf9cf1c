import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { useLatest, useWebSocket } from 'use-flow-socket'

declare module 'use-flow-socket' {
  interface MessageTypes {
    /** From the server: the counter, as in the record `Count` of Hello.java. */
    COUNT: { value: number }
    /** To the server: tell me the counter. */
    LOOK: null
    /** To the server: add one. */
    ADD: null
  }
}

function Counter() {
  const { isConnected, sendMessage } = useWebSocket('/ws')
  const count = useLatest('/ws', 'COUNT')

  useEffect(() => {
    if (isConnected) sendMessage('LOOK', null)
  }, [isConnected, sendMessage])

  return (
    <>
      <button type="button" onClick={() => sendMessage('ADD', null)}>
        Count
      </button>{' '}
      <output>{count ? count.payload.value : 'connecting'}</output>
      {!isConnected && count && <p role="status">Reconnecting. What you count meanwhile is sent later.</p>}
    </>
  )
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Counter />
  </StrictMode>,
)
