import { useWebSocket } from 'use-flow-socket'
import { withParams } from 'use-flow-socket/params'
import { freshToken, type User } from './session.js'

const WebSocketWithToken = withParams(async () => ({ token: await freshToken() })) // once, outside of components

function App({ user }: { user: User | null }) {
  const { isConnected } = useWebSocket('/ws', { enabled: user !== null, WebSocket: WebSocketWithToken })
  return <p>{isConnected ? 'Connected' : 'Connecting'}</p>
}

export { App }
