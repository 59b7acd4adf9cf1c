import { createRoot } from 'react-dom/client'
import { useLatest, useWebSocket } from 'use-flow-socket'

declare module 'use-flow-socket' {
  interface MessageTypes {
    /** From the server, as in its record `Room`. */
    ROOM: { celsius: number; target: number }
    /** To the server. */
    SET_TARGET: number
  }
}

function Room() {
  const { isConnected, sendMessage } = useWebSocket('/ws')
  const room = useLatest('/ws', 'ROOM')
  return (
    <>
      <output>{room ? `${room.payload.celsius.toFixed(1)} °C` : 'connecting'}</output>{' '}
      <button type="button" onClick={() => sendMessage('SET_TARGET', 25)}>
        Set 25 °C
      </button>
      {room && !isConnected && <p role="status">Reconnecting</p>}
    </>
  )
}

createRoot(document.getElementById('root') as HTMLElement).render(<Room />)
