import { expect, it } from 'vitest'
import { createFakeServer, id } from './fake.js'

const SEQUENCES = 100
const STEPS = 40
const MAX_DEPTH = 3 // of calls out of what others have told

/** Returns numbers from 0 to 1 that are the same for the same `seed`. */
function chanceOf(seed: number) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state / 2 ** 32
  }
}

/** Lets a server, a page and whoever is told of anything do what they like, and looks at the socket after each step. */
function run(seed: number) {
  const chance = chanceOf(seed)
  const server = createFakeServer()
  const socket = server.socket({ maxQueued: 5 })
  const stops: (() => void)[] = []
  let depth = 0
  let offset = 1

  const any = <T>(tasks: readonly T[]) => tasks[Math.floor(chance() * tasks.length)] as T
  const calls = [
    () => socket.close(),
    () => socket.reconnect(),
    () => socket.resumeFrom(id(offset)),
    () => socket.send('FLOW_STATUS', { flowId: 1, status: 'STARTED', timestamp: '' }),
    () => stops.pop()?.(),
    () => stops.push(socket.subscribe(act)),
    () => stops.push(socket.on('*', act)),
    () => stops.push(socket.on('$gap', act)),
  ]
  const act = () => {
    if (depth === MAX_DEPTH || chance() > 0.15) return
    depth++
    any(calls)()
    depth--
  }

  const steps = [
    () => server.connections.at(-1)?.readyState === 0 && server.last.accept(),
    () => tell(() => server.last.hello({ id: id(offset), resumed: chance() < 0.5, syncMs: any([0, 1_000]) })),
    () => tell(() => server.last.message({ type: 'A', id: id(offset++) })),
    () => tell(() => server.last.message({ type: '$bye', payload: { retryAfterMs: 500 } })),
    () => tell(() => server.last.message({ type: '$gap', payload: {} })),
    () => tell(() => server.last.drop(any([1000, 1006, 4001, 4200]))),
    () => server.clock.advance(0),
    () => server.clock.advance(chance() * 3_000),
    () => server.clock.sleep(20_000),
    () => server.dispatch('online'),
    () => any(calls)(),
  ]
  const tell = (task: () => void) => server.connections.at(-1)?.readyState === 1 && task()

  const live = () => server.connections.filter(({ readyState }) => readyState < 2)
  const check = () => {
    const { status, retryAt } = socket.state
    const isTrying = status === 'connecting' || status === 'open'
    expect(live().length, status).toBeLessThanOrEqual(isTrying ? 1 : 0)
    if (status === 'open') expect(live()[0]?.readyState).toBe(1)
    if (status === 'closed' && stops.length) expect(server.clock.pendingTimers).toBe(0)
    expect(retryAt !== null, status).toBe(status === 'waiting')
    if (status !== 'open') expect(socket.hello).toBeUndefined()
    expect(server.reported).toEqual([])
  }

  stops.push(socket.subscribe(act))
  for (let step = 0; step < STEPS; step++) {
    any(steps)()
    check()
  }

  depth = MAX_DEPTH
  for (const stop of stops) stop()
  server.clock.advance(200)
  expect(socket.state.status).toBe('idle')
  expect([live().length, server.clock.pendingTimers, server.pageListeners]).toEqual([0, 0, 0])
}

it('is of one mind, whatever those who are told of its changes do about them', () => {
  for (let seed = 1; seed <= SEQUENCES; seed++) run(seed)
})
