import { useMessage, useWebSocket } from 'use-flow-socket'

export function useLast(url, onMessage) {
  useMessage(url, 'N', onMessage)
  return useWebSocket(url).lastMessage
}
