import useWebSocket from 'ahooks/es/useWebSocket'

export function useLast(url, onMessage) {
  return useWebSocket(url, { onMessage }).latestMessage
}
