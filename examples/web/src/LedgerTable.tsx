import { useRef } from 'react'
import type { LedgerUpdate } from 'use-flow-socket'
import { amount, dayAndTime, time } from './format.js'
import { RowSkeletons } from './Skeletons.js'

/**
 * The ledger, newest entry first. Entries that arrive while the page is open are highlighted for a moment.
 */
export function LedgerTable(props: {
  entries: readonly LedgerUpdate[] | undefined
  nameOf: (flowId: number) => string
}) {
  const { entries, nameOf } = props
  const seenAtFirst = useRef<number | null>(null)
  if (entries && seenAtFirst.current === null) seenAtFirst.current = entries[0]?.entryId ?? 0
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard
    <section className="card scroll" tabIndex={0} aria-label="Ledger entries" aria-busy={!entries}>
      <table aria-labelledby="ledger-title">
        <thead>
          <tr>
            <th scope="col" className="number">
              No.
            </th>
            <th scope="col">Time</th>
            <th scope="col">Flow</th>
            <th scope="col" className="wide">
              Entry
            </th>
            <th scope="col" className="number">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {!entries && <RowSkeletons />}
          {entries?.length === 0 && (
            <tr className="empty">
              <td colSpan={5}>No entries yet. Every finished run adds one.</td>
            </tr>
          )}
          {entries?.map((entry) => (
            <tr
              key={entry.entryId}
              data-entry={entry.entryId}
              className={entry.entryId > (seenAtFirst.current ?? 0) ? 'fresh' : undefined}
            >
              <td className="number faint">{entry.entryId}</td>
              <td>
                <time dateTime={entry.timestamp} title={dayAndTime(entry.timestamp)}>
                  {time(entry.timestamp)}
                </time>
              </td>
              <td>{nameOf(entry.flowId)}</td>
              <td className="wide faint">{entry.description}</td>
              <td className="number">
                {amount(entry.amount)} <span className="faint">{entry.currency}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
