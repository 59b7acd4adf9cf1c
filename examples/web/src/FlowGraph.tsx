import { type CSSProperties, useEffect, useMemo, useRef, useState } from 'react'
import type { FlowNode, NodeState } from './api.js'
import { layOut } from './layout.js'

const WORDS: Record<NodeState, string> = {
  IDLE: 'not begun',
  RUNNING: 'running',
  DONE: 'done',
  FAILED: 'failed',
}

/** A flow's graph, with a disc per node. Both the shape and the colour of a disc show the node's state. */
export function FlowGraph({ nodes }: { nodes: readonly FlowNode[] }) {
  const [box, width] = useWidth()
  const layout = useMemo(() => (width ? layOut(nodes, width) : null), [nodes, width])
  const states = new Map(nodes.map((node) => [node.id, node.state]))
  return (
    <div ref={box} className="graph" style={layout ? { height: layout.height } : undefined}>
      {layout && (
        <>
          <svg width={layout.width} height={layout.height} aria-hidden="true">
            {layout.edges.map(({ from, to, path }) => (
              <path key={`${from} ${to}`} d={path} data-passed={states.get(from) === 'DONE'} />
            ))}
          </svg>
          <ol>
            {nodes.map((node) => {
              const place = layout.places.get(node.id)
              const style: CSSProperties = { left: place?.x, top: place?.y, width: layout.labelWidth }
              return (
                <li key={node.id} style={style} data-node={node.id} data-state={node.state}>
                  <Disc state={node.state} />
                  <span className="label">{node.label}</span>
                  <span className="hidden">: {WORDS[node.state]}</span>
                </li>
              )
            })}
          </ol>
        </>
      )}
    </div>
  )
}

function Disc({ state }: { state: NodeState }) {
  return (
    <svg className="disc" viewBox="-12 -12 24 24" width="24" height="24" aria-hidden="true">
      <circle className="ground" r="9" />
      {state === 'RUNNING' && <path className="arc" d="M0-9A9 9 0 0 1 9 0" />}
      {state === 'RUNNING' && <circle className="core" r="3.5" />}
      {state === 'DONE' && <path className="sign" d="m-4 .4 2.8 2.8L4.2-2.8" />}
      {state === 'FAILED' && <path className="sign" d="m-3.2-3.2 6.4 6.4m0-6.4-6.4 6.4" />}
    </svg>
  )
}

function useWidth() {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [box, width] as const
}
