// Runs in the browser: a component that follows a hub through bad links and records its messages.
import { createRoot } from 'react-dom/client'
import { useMessage, useWebSocket } from 'use-flow-socket'

const OPTIONS = { baseDelayMs: 50, maxDelayMs: 500, stableAfterMs: 500, connectTimeoutMs: 1_000 }

const offset = (id) => Number(id.slice(17))
const received = [] // topic, offset and number of every message
const gaps = []
let greetings = 0
let start // the offset after which the first connection began
let reached = -1

function Watch({ url }) {
  const { isConnected, continuity } = useWebSocket(url, OPTIONS)
  useMessage(url, '$hello', ({ id }) => {
    greetings++
    start ??= offset(id)
  })
  useMessage(url, '$gap', (gap) => gaps.push(gap))
  useMessage(url, 'N', ({ n }, { id, topic = '' }) => {
    reached = offset(id)
    received.push([topic, reached, n])
  })
  return (
    <p>
      {isConnected ? 'open' : 'lost'}, {continuity}
    </p>
  )
}

window.follow = (url) => createRoot(document.body).render(<Watch url={url} />)
window.isGreeted = () => greetings > 0
window.isAt = (end) => reached >= end
window.report = () => ({ start, greetings, gaps, received, shown: document.body.textContent })
