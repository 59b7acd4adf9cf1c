import { useFlow } from 'use-flow-socket/flow'
import { useTopic } from 'use-flow-socket/topics'

function Flow({ id }: { id: number }) {
  useTopic('/ws', `flow:${id}`) // where its messages come with a topic that the address does not name
  const { status, nodes, isStale } = useFlow('/ws', id)
  return (
    <p>
      {status ?? 'never run'}: {Object.keys(nodes).join(', ')} {isStale && '(may be behind)'}
    </p>
  )
}

export { Flow }
