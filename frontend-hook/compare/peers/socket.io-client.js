import { useEffect, useState } from 'react'
import { io } from 'socket.io-client'

export function useLast(url, onMessage) {
  const [last, setLast] = useState(null)
  useEffect(() => {
    const socket = io(url, { path: '/socket.io', transports: ['websocket'], forceNew: true })
    socket.on('N', (n) => {
      onMessage()
      setLast({ n })
    })
    return () => socket.close()
  }, [url, onMessage])
  return last
}
