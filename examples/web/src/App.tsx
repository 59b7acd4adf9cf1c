import { ConnectionStatus } from './ConnectionStatus.js'
import { FlowCard } from './FlowCard.js'
import { LedgerTable } from './LedgerTable.js'
import { Suggestions } from './Suggestions.js'
import type { DashboardStore } from './store.js'
import { useDashboard } from './useDashboard.js'

/** The whole page. */
export function App({ store }: { store: DashboardStore }) {
  const { dashboard, socket, current } = useDashboard(store)
  const nameOf = (flowId: number) =>
    dashboard?.flows.find((flow) => flow.id === flowId)?.name ?? `Flow ${flowId}`
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="masthead">
        <div className="bar">
          <p className="brand">
            <Mark />
            signal-hub
          </p>
          <ConnectionStatus status={socket.status} retryAt={socket.retryAt} current={current} />
        </div>
      </header>
      <main id="main" className={current ? 'live' : 'stale'}>
        <div className="intro">
          <h1>Operations</h1>
          <p>
            Run a flow and watch it here, or in as many windows as you like: all of them follow the same hub.
          </p>
        </div>
        <section aria-labelledby="flows-title">
          <h2 id="flows-title">Flows</h2>
          <div className="flows">
            {dashboard?.flows.map((flow) => (
              <FlowCard key={flow.id} flow={flow} enabled={current} />
            ))}
          </div>
        </section>
        <div className="below">
          <section aria-labelledby="ledger-title" className="ledger">
            <h2 id="ledger-title">Ledger</h2>
            <LedgerTable entries={dashboard?.entries} nameOf={nameOf} />
          </section>
          <section aria-labelledby="suggestions-title" className="suggestions">
            <h2 id="suggestions-title">Suggestions</h2>
            <Suggestions suggestions={dashboard?.suggestions} nameOf={nameOf} />
          </section>
        </div>
      </main>
    </>
  )
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <path d="M16 16 6.5 7.5M16 16l10-7M16 16l-1.5 11" />
      <circle className="hub" cx="16" cy="16" r="5" />
      <circle cx="6" cy="7" r="3" />
      <circle cx="26.5" cy="8.5" r="3" />
      <circle cx="14.5" cy="27.5" r="3" />
    </svg>
  )
}
