import { useState } from 'react'
import { useMessage } from 'use-flow-socket'

const MACHINES = '/ws?topic=machines'

declare module 'use-flow-socket' {
  interface MessageTypes {
    MACHINE: { name: string; state: string }
    MACHINE_GONE: { name: string }
  }
}

export function MachineTable() {
  const [machines, setMachines] = useState<Record<string, string>>({})
  useMessage(MACHINES, 'MACHINE', ({ name, state }) => setMachines((all) => ({ ...all, [name]: state })))
  useMessage(MACHINES, 'MACHINE_GONE', ({ name }) => setMachines(({ [name]: _, ...others }) => others))
  useMessage(MACHINES, '$gap', ({ topic, reset }) => {
    if (topic === 'machines' && reset) setMachines({}) // the whole table follows
  })

  return (
    <ul>
      {Object.entries(machines).map(([name, state]) => (
        <li key={name}>
          {name}: {state}
        </li>
      ))}
    </ul>
  )
}
