import { Announcer } from './Announcer.js'
import { ConnectionStatus } from './ConnectionStatus.js'
import { FlowCard } from './FlowCard.js'
import { LedgerTable } from './LedgerTable.js'
import { Notice, type NoticeText } from './Notice.js'
import { describeRecovery } from './recovery.js'
import { FlowSkeletons } from './Skeletons.js'
import { Suggestions } from './Suggestions.js'
import type { DashboardStore } from './store.js'
import { useDashboard } from './useDashboard.js'
import { useFirstRun } from './useFirstRun.js'

/** The whole page. */
export function App({ store }: { store: DashboardStore }) {
  const state = useDashboard(store)
  const { dashboard, source, socket, failure, current, node } = state
  useFirstRun(dashboard?.flows, current)
  const nameOf = (flowId: number) =>
    dashboard?.flows.find((flow) => flow.id === flowId)?.name ?? `Flow ${flowId}`
  const notice = noticeOf(state, store)
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
          {node && <p className="node">Node {node}</p>}
          <ConnectionStatus status={socket.status} current={current} />
        </div>
      </header>
      <main id="main" tabIndex={-1} className={current || !dashboard ? 'live' : 'stale'}>
        <div className="intro">
          <h1>Operations</h1>
          <p>
            Run a flow and watch it here, or in as many windows as you like: all of them follow the same hub.
          </p>
          <Notice {...notice} />
          <Announcer source={source} trouble={notice.kind === 'plain' ? '' : notice.text} nameOf={nameOf} />
        </div>
        <section aria-labelledby="flows-title" aria-busy={!dashboard}>
          <h2 id="flows-title">Flows</h2>
          <div className={failure ? 'flows halted' : 'flows'}>
            {dashboard ? (
              dashboard.flows.map((flow) => <FlowCard key={flow.id} flow={flow} enabled={current} />)
            ) : (
              <FlowSkeletons />
            )}
          </div>
        </section>
        <div className={failure ? 'below halted' : 'below'}>
          <section aria-labelledby="ledger-title" className="ledger">
            <h2 id="ledger-title">Ledger</h2>
            <LedgerTable entries={dashboard?.entries} nameOf={nameOf} />
          </section>
          <section aria-labelledby="suggestions-title" aria-busy={!dashboard} className="suggestions">
            <h2 id="suggestions-title">Suggestions</h2>
            <Suggestions suggestions={dashboard?.suggestions} nameOf={nameOf} />
          </section>
        </div>
      </main>
    </>
  )
}

const hint = (node: string | null) =>
  `${node ? `Kill node ${node}` : 'Cut the network for a moment'}: this line then tells what the page missed and recovered.`

function noticeOf(state: ReturnType<typeof useDashboard>, store: DashboardStore): NoticeText {
  const { dashboard, socket, failure, recovered, current, node } = state
  const { status, error, continuity, retryAt, reconnect } = socket
  const isAway = status !== 'open' && (error !== null || continuity === 'recovering' || status === 'offline')
  if (dashboard && isAway) {
    const text =
      status === 'offline'
        ? 'This device has no network.'
        : 'No connection to the server. What you see is from before.'
    const next = status === 'closed' ? undefined : retryAt
    return { kind: 'bad', text, retryAt: next, retry: reconnect, action: 'Reconnect now' }
  }
  if (failure) {
    const { reason, retryAt: at } = failure
    const text = `${dashboard ? 'The page could not be brought up to date' : 'The page could not be loaded'}: ${reason}`
    return { kind: 'bad', text, retryAt: at, retry: store.retryNow, action: 'Try now' }
  }
  if (!dashboard) return { kind: 'plain', text: 'Loading…' }
  if (recovered) return { kind: recovered.lost ? 'bad' : 'good', text: describeRecovery(recovered) }
  return { kind: 'plain', text: current ? hint(node) : 'Connecting…' }
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
