import { useState } from 'react'
import { type Flow, startRun } from './api.js'
import { FlowGraph } from './FlowGraph.js'
import { seconds, time } from './format.js'

/** One flow: its graph, its state, and the button that runs it. */
export function FlowCard({ flow, enabled }: { flow: Flow; enabled: boolean }) {
  const [refusal, setRefusal] = useState<string | null>(null)
  const titleId = `flow-${flow.id}`

  const run = async () => {
    if (!enabled) return
    setRefusal(null)
    try {
      await startRun(flow.id)
    } catch (error) {
      setRefusal(`It was not started. ${(error as Error).message}`)
    }
  }

  return (
    <article className="card flow" data-state={flow.state} aria-labelledby={titleId}>
      <header>
        <div>
          <h3 id={titleId}>{flow.name}</h3>
          <p className="outcome">{enabled ? outcomeOf(flow) : lastKnown(flow)}</p>
        </div>
        {flow.queued > 0 && <p className="queued">{flow.queued} waiting</p>}
        {/* Not `disabled`, which would remove the focus when the connection is lost. */}
        <button
          type="button"
          onClick={run}
          aria-disabled={!enabled}
          aria-describedby={enabled ? undefined : 'notice'}
        >
          Run <span className="hidden">{flow.name}</span>
        </button>
      </header>
      <FlowGraph nodes={flow.nodes} />
      {refusal && (
        <p role="alert" className="refusal">
          {refusal}
        </p>
      )}
    </article>
  )
}

/** Returns the last known state. Without a connection, the page cannot know whether the flow still runs. */
function lastKnown(flow: Flow): string {
  return flow.state === 'RUNNING' ? 'Was running when the connection was lost' : outcomeOf(flow)
}

function outcomeOf({ state, startedAt, endedAt, nodes }: Flow): string {
  if (state === 'RUNNING') {
    const done = nodes.filter((node) => node.state === 'DONE').length
    return `Running, ${done} of ${nodes.length} done`
  }
  if (!startedAt || !endedAt) return 'Not run since the server started'
  const took = `${seconds(startedAt, endedAt)} at ${time(endedAt)}`
  if (state === 'FINISHED') return `Finished in ${took}`
  const culprit = nodes.find((node) => node.state === 'FAILED')
  return `Failed ${culprit ? `in ${culprit.label} ` : ''}after ${took}`
}
