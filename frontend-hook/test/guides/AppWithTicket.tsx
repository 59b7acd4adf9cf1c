import { useWebSocket } from 'use-flow-socket'
import { withParams } from 'use-flow-socket/params'

async function fetchTicket() {
  const response = await fetch('/api/ticket', { method: 'POST' })
  if (!response.ok) throw new Error(`no ticket: ${response.status}`)
  return { ticket: await response.text() }
}
const WithTicket = withParams(fetchTicket) // once, outside of components

function App({ user }: { user: string | null }) {
  const { isConnected } = useWebSocket('/ws', { enabled: user !== null, WebSocket: WithTicket })
  return <p>{isConnected ? 'Connected' : 'Connecting'}</p>
}

export { App }
