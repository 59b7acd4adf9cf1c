import { useReducer } from 'react'
import { type FlowState, foldFlow, UNKNOWN_FLOW } from './foldFlow.js'
import type { Gap, Message } from './messages.js'
import type { Source } from './registry.js'
import { useMessage } from './useMessage.js'

/** What `useFlow` returns. */
export interface FollowedFlow extends FlowState {
  /**
   * Whether messages of the flow may have been lost, so that what is shown may be behind, until the flow starts
   * anew: after a `$gap` that may concern it. Fetch your snapshot again, as after every gap.
   */
  readonly isStale: boolean
}

/** A flow as its messages tell, and where they come from. */
interface Fold {
  source: Source
  flowId: number
  flow: FollowedFlow
  /** The topic that they come with; `undefined` also for broadcasts. */
  topic?: string | undefined
}

type Event = { source: Source; flowId: number } & ({ message: Message<'FLOW_STATUS'> } | { gap: Gap })

const UNKNOWN: FollowedFlow = { ...UNKNOWN_FLOW, isStale: false }

function reduce(before: Fold, event: Event): Fold {
  const { source, flowId } = event
  const isSame = before.source === source && before.flowId === flowId
  const fold: Fold = isSame ? before : { source, flowId, flow: UNKNOWN }
  const { flow } = fold

  if ('message' in event) {
    const { payload, topic } = event.message
    const isStart = payload.status === 'STARTED' && payload.nodeId === undefined
    return { ...fold, topic, flow: { ...foldFlow(flow, payload), isStale: flow.isStale && !isStart } }
  }
  const { topic, reset } = event.gap
  // One that names no topic may be of anything; before the first message, nobody knows where it would come from.
  const isConcerned = topic === undefined || topic === fold.topic || flow.status === null
  if (!isConcerned) return fold
  return { ...fold, flow: reset ? UNKNOWN : { ...flow, isStale: true } }
}

/**
 * Returns the state of one flow, folded from its `FLOW_STATUS` messages since the component mounted; what comes at
 * once renders once, and messages of other flows render nothing. It follows no topic: where the flow's messages
 * come with one that the address does not name, `useTopic` does.
 */
export function useFlow(source: Source, flowId: number): FollowedFlow {
  const [fold, dispatch] = useReducer(reduce, { source, flowId, flow: UNKNOWN })
  useMessage(source, 'FLOW_STATUS', (payload, message) => {
    if (payload.flowId === flowId) dispatch({ source, flowId, message })
  })
  useMessage(source, '$gap', (gap) => dispatch({ source, flowId, gap }))
  return fold.source === source && fold.flowId === flowId ? fold.flow : UNKNOWN
}
