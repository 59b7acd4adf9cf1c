import { useEffect } from 'react'
import { AppState } from 'react-native'
import { useWebSocket } from 'use-flow-socket'

export function Live() {
  const { isConnected, probe } = useWebSocket('wss://hub.example.org/ws')
  useEffect(() => {
    const listener = AppState.addEventListener('change', (state) => {
      if (state === 'active') probe() // a connection that died meanwhile is replaced within a second
    })
    return () => listener.remove()
  }, [probe])
  return isConnected ? 'Connected' : 'Connecting'
}
