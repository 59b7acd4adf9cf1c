'use client'

import { useState } from 'react'
import { type LedgerUpdate, useMessage, useWebSocket } from 'use-flow-socket'

/** Both props come from a server component, which read `lastId` before the entries. */
export function Ledger({ entries, lastId }: { entries: LedgerUpdate[]; lastId: string }) {
  const [shown, setShown] = useState(entries)
  useWebSocket('wss://hub.example.org/ws', { after: lastId }) // nothing is missed between the two
  useMessage('wss://hub.example.org/ws', 'LEDGER_UPDATE', (entry) => setShown((all) => [entry, ...all]))
  return (
    <ol>
      {shown.map(({ entryId, amount }) => (
        <li key={entryId}>{amount}</li>
      ))}
    </ol>
  )
}
