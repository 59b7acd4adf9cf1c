import type { Status } from 'use-flow-socket'

/** The state of the connection in two words. The notice gives the details. */
export function ConnectionStatus({ status, current }: { status: Status; current: boolean }) {
  const { kind, text } = describe(status, current)
  return (
    <p className={`connection ${kind}`}>
      <span className="lamp" aria-hidden="true" />
      {text}
    </p>
  )
}

function describe(status: Status, current: boolean): { kind: 'good' | 'busy' | 'bad'; text: string } {
  switch (status) {
    case 'open':
      return current ? { kind: 'good', text: 'Connected' } : { kind: 'busy', text: 'Catching up…' }
    case 'idle':
    case 'connecting':
      return { kind: 'busy', text: 'Connecting…' }
    case 'waiting':
      return { kind: 'bad', text: 'Reconnecting' }
    case 'offline':
      return { kind: 'bad', text: 'No network' }
    case 'closed':
      return { kind: 'bad', text: 'Disconnected' }
  }
}
