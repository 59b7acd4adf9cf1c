import { useEffect, useState } from 'react'
import { io } from 'socket.io-client'

export function useLast(url, onMessage) {
  const [last, setLast] = useState(null)
  useEffect(() => {
    const { origin, search } = new URL(url) // the library takes the path of the URL for a namespace
    const socket = io(`${origin}/${search}`, {
      path: '/socket.io',
      transports: ['websocket'],
      forceNew: true,
    })
    socket.on('N', (n) => {
      onMessage()
      setLast({ n })
    })
    return () => socket.close()
  }, [url, onMessage])
  return last
}
