import { useState } from 'react'
import { type LedgerUpdate, useMessage, useWebSocket } from 'use-flow-socket'

export function Ledger() {
  const [ledger, setLedger] = useState<LedgerUpdate[]>([])

  const { resumeFrom, continuity } = useWebSocket('/ws')
  useMessage('/ws', '$gap', async () => {
    const snapshot = await fetch('/api/ledger').then((response) => response.json())
    setLedger(snapshot.entries)
    resumeFrom(snapshot.lastId) // ends the gap: continuity is 'live' again
  })

  return <p>{continuity === 'live' ? ledger.length : 'refreshing'}</p>
}
