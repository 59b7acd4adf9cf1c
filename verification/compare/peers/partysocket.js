import { useWebSocket } from 'partysocket/react'
import { useState } from 'react'

export function useLast(url, onMessage) {
  const [last, setLast] = useState(null)
  useWebSocket(url, [], {
    onMessage(event) {
      onMessage()
      setLast(event)
    },
  })
  return last
}
