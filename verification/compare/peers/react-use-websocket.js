import imported from 'react-use-websocket'

const useWebSocket = imported.default // CommonJS, whose default export is one of a module for ES modules

export function useLast(url, onMessage) {
  return useWebSocket(url, { onMessage, shouldReconnect: () => true }).lastMessage
}
