import { useMessage, useWebSocket } from 'use-flow-socket'

export function Dashboard() {
  const { isConnected, lastMessage, sendMessage } = useWebSocket('/ws')
  useMessage('/ws', 'FLOW_STATUS', (payload) => console.log(payload.flowId, payload.status))

  return [isConnected, lastMessage, sendMessage]
}
