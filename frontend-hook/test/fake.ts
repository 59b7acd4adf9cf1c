import type { Gap } from '../src/controls.js'
import type { Options } from '../src/options.js'
import type { Socket } from '../src/socket.js'
import { createFakeServer, fakeId as id } from '../src/testing.js'

export { createFakeServer, id }

/** A message as a hub sends it. */
export const flow = (flowId: number, offset?: number, epoch?: number, topic?: string) => ({
  type: 'FLOW_STATUS' as const,
  payload: { flowId, status: 'STARTED' as const, timestamp: '2026-01-01T00:00:00Z' },
  ...(topic === undefined ? {} : { topic }),
  ...(offset === undefined ? {} : { id: id(offset, epoch) }),
})

/** The beginning and the end of a catch-up. */
export const joined = (topic: string, after: number, upTo: number, ref?: string) => ({
  type: '$joined',
  payload: { topic, after: id(after), upTo: id(upTo), ref },
})
export const sync = (offset: number) => ({ type: '$sync', payload: { id: id(offset) } })

/** A greeting as a hub sends it. */
export const hello = (at: string, resumed = false, more: object = {}) => ({
  type: '$hello',
  payload: { clientId: 'c1', id: at, resumed, topics: [], ...more },
})

/** Listens and does nothing. */
export const noop = () => {}

/** A socket that somebody listens to, its connection open. */
export function opened(options: Options = {}) {
  const fake = createFakeServer()
  const socket = fake.socket(options)
  const stop = socket.on('*', noop)
  fake.clock.advance(0)
  fake.last.accept()
  return { fake, socket, stop }
}

/** The flows that the socket delivers, from now on. */
export const flowsOf = (socket: Socket) => {
  const flows: number[] = []
  socket.on('FLOW_STATUS', (payload) => flows.push(payload.flowId))
  return flows
}

/** The gaps that it tells, from now on. */
export const gapsOf = (socket: Socket) => {
  const gaps: Gap[] = []
  socket.on('$gap', (gap) => gaps.push(gap))
  return gaps
}
