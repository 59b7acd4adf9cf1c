import { useReducer } from 'react'
import type { Gap } from './controls.js'
import { type FlowState, foldFlow, UNKNOWN_FLOW } from './foldFlow.js'
import type { Message } from './messages.js'
import type { Source } from './registry.js'
import { useMessage } from './useMessage.js'

/** What `useFlow` returns. */
export interface FollowedFlow extends FlowState {
  /**
   * Whether messages of the flow may have been lost, so that its state may be out of date. True after a `$gap` that
   * may concern the flow, until the flow starts anew. Fetch your snapshot again, as after every gap.
   */
  readonly isStale: boolean
}

/** The state of a flow, and the source and topic of its messages. */
interface Fold {
  source: Source
  flowId: number
  flow: FollowedFlow
  /** The topic of the latest message; `undefined` for broadcasts and before the first message. */
  topic?: string | undefined
}

type Event = { source: Source; flowId: number } & ({ message: Message<'FLOW_STATUS'> } | { gap: Gap })

const UNKNOWN: FollowedFlow = { ...UNKNOWN_FLOW, isStale: false }

function reduce(before: Fold, event: Event): Fold {
  const { source, flowId } = event
  const isSame = before.source === source && before.flowId === flowId
  const fold: Fold = isSame ? before : { source, flowId, flow: UNKNOWN }
  return 'message' in event ? afterMessage(fold, event.message) : afterGap(fold, event.gap)
}

function afterMessage(fold: Fold, { payload, topic }: Message<'FLOW_STATUS'>): Fold {
  const isStart = payload.status === 'STARTED' && payload.nodeId === undefined
  const isStale = fold.flow.isStale && !isStart
  return { ...fold, topic, flow: { ...foldFlow(fold.flow, payload), isStale } }
}

function afterGap(fold: Fold, { topic, reset }: Gap): Fold {
  // A gap without a topic may concern any flow. Before its first message, the topic of the flow is not known.
  const isConcerned = topic === undefined || topic === fold.topic || fold.flow.status === null
  if (!isConcerned) return fold
  return { ...fold, flow: reset ? UNKNOWN : { ...fold.flow, isStale: true } }
}

/**
 * Returns the state of one flow, folded from its `FLOW_STATUS` messages since the component mounted. Messages that come
 * together render once. Messages of other flows render nothing. This hook follows no topic: call `useTopic` if the
 * messages of the flow have a topic that the address does not name.
 */
export function useFlow(source: Source, flowId: number): FollowedFlow {
  const [fold, dispatch] = useReducer(reduce, { source, flowId, flow: UNKNOWN })
  useMessage(source, 'FLOW_STATUS', (payload, message) => {
    if (payload.flowId === flowId) dispatch({ source, flowId, message })
  })
  useMessage(source, '$gap', (gap) => dispatch({ source, flowId, gap }))
  return fold.source === source && fold.flowId === flowId ? fold.flow : UNKNOWN
}
