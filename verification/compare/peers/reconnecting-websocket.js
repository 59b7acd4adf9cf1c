import { useEffect, useState } from 'react'
import ReconnectingWebSocket from 'reconnecting-websocket'

export function useLast(url, onMessage) {
  const [last, setLast] = useState(null)
  useEffect(() => {
    const socket = new ReconnectingWebSocket(url)
    socket.onmessage = (event) => {
      onMessage()
      setLast(event)
    }
    return () => socket.close()
  }, [url, onMessage])
  return last
}
