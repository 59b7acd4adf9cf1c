import { useEffect, useState } from 'react'
import { useMessage, useWebSocket } from 'use-flow-socket'

interface Entry {
  number: number
  text: string
}

declare module 'use-flow-socket' {
  interface MessageTypes {
    ENTRY: Entry
  }
}

async function fetchSnapshot(): Promise<{ lastId: string; entries: Entry[] }> {
  const response = await fetch('/api/entries')
  if (!response.ok) throw new Error(`no entries: ${response.status}`)
  return response.json()
}

/** Adds entries to those that are shown. One that is there already changes nothing. */
function merge(shown: Entry[], more: Entry[]) {
  const byNumber = new Map([...shown, ...more].map((entry) => [entry.number, entry]))
  return [...byNumber.values()].sort((a, b) => a.number - b.number)
}

export function EntryList() {
  const [entries, setEntries] = useState<Entry[]>([])
  const [lastId, setLastId] = useState<string>()
  const source = lastId ? '/ws?topic=entries' : null // connect once the snapshot is there
  const { continuity, resumeFrom } = useWebSocket(source, { after: lastId })

  useEffect(() => {
    fetchSnapshot().then((snapshot) => {
      setEntries(snapshot.entries)
      setLastId(snapshot.lastId)
    }, console.error)
  }, [])

  useMessage(source, 'ENTRY', (entry) => setEntries((shown) => merge(shown, [entry])))
  useMessage(source, '$gap', async () => {
    const snapshot = await fetchSnapshot()
    setEntries((shown) => merge(shown, snapshot.entries))
    resumeFrom(snapshot.lastId) // continuity is 'live' again
  })

  return (
    <ol aria-busy={continuity === 'gap'}>
      {entries.map(({ number, text }) => (
        <li key={number}>{text}</li>
      ))}
    </ol>
  )
}
