import { useEffect, useRef, useState } from 'react'
import { type Source, useMessage } from 'use-flow-socket'
import { Announcements } from './announcements.js'

/**
 * The only live region of the page. It announces the end of each run, and each beginning, change and end of
 * `trouble`. `trouble` is empty while there is none.
 */
export function Announcer(props: { source: Source; trouble: string; nameOf: (flowId: number) => string }) {
  const { source, trouble, nameOf } = props
  const [said, setSaid] = useState({ text: '', count: 0 })
  const [announcements] = useState(
    () => new Announcements((text) => setSaid(({ count }) => ({ text, count: count + 1 }))),
  )

  const before = useRef(trouble)
  useEffect(() => {
    if (before.current !== trouble) announcements.add('trouble', trouble || 'Connected again.')
    before.current = trouble
  }, [announcements, trouble])

  useMessage(source, 'FLOW_STATUS', ({ flowId, status, nodeId }) => {
    if (nodeId !== undefined || (status !== 'FINISHED' && status !== 'FAILED')) return
    announcements.add(`flow ${flowId}`, `${nameOf(flowId)} ${status === 'FINISHED' ? 'finished' : 'failed'}.`)
  })

  return (
    <p role="status" className="hidden">
      <span key={said.count}>{said.text}</span>
    </p>
  )
}
