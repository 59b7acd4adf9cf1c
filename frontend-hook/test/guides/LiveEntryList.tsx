import { useState } from 'react'
import { useMessage, useWebSocket } from 'use-flow-socket'

interface Entry {
  number: number
  text: string
}

declare module 'use-flow-socket' {
  interface MessageTypes {
    ENTRIES: Entry[]
  }
}

export function LiveEntryList() {
  const [entries, setEntries] = useState<Entry[]>([])
  const source = '/ws?topic=entries'
  const { resumeFrom } = useWebSocket(source)
  useMessage(source, 'ENTRIES', (all) => {
    setEntries(all)
    resumeFrom() // what was lost is in the state: continuity is 'live' again
  })
  useMessage(source, 'ENTRY', (entry) =>
    setEntries((shown) => [...shown.filter(({ number }) => number !== entry.number), entry]),
  )

  return (
    <ol>
      {entries.map(({ number, text }) => (
        <li key={number}>{text}</li>
      ))}
    </ol>
  )
}
