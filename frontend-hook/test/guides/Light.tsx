import { useWebSocket } from 'use-flow-socket'

function Light() {
  const { isConnected, lastMessage } = useWebSocket('/ws')
  return (
    <p role="status">
      {isConnected ? 'Connected' : 'Connecting'}: {lastMessage?.type}
    </p>
  )
}

export { Light }
