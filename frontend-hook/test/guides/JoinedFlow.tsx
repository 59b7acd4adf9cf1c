import { type FlowStatus, useMessage } from 'use-flow-socket'
import { useTopic } from 'use-flow-socket/topics'

function Flow({ id, show }: { id: number; show: (status: FlowStatus) => void }) {
  const { isJoined, error } = useTopic('/ws', `flow:${id}`) // left a moment after the last component that follows it
  useMessage('/ws', 'FLOW_STATUS', show)
  return <p>{error ? error.code : isJoined ? 'live' : 'catching up'}</p>
}

export { Flow }
