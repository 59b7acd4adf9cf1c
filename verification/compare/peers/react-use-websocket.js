import imported from 'react-use-websocket'

const useWebSocket = imported.default // a CommonJS module: its default export wraps the one for ES modules

export function useLast(url, onMessage) {
  return useWebSocket(url, { onMessage, shouldReconnect: () => true }).lastMessage
}
