import type { Message } from 'use-flow-socket'
import { describe, expect, test } from 'vitest'
import type { Snapshot } from '../src/api.js'
import { apply, fromSnapshot, resumePoint } from '../src/dashboard.js'

const EPOCH = '00000000000000aa'
const id = (offset: number, epoch = EPOCH) => `${epoch}-${String(offset).padStart(16, '0')}`
const AT = '2026-03-01T12:00:00Z'

const snapshot = (offset: number): Snapshot => ({
  flows: {
    lastId: id(offset),
    flows: [
      {
        id: 1,
        name: 'Daily settlement',
        state: 'IDLE',
        queued: 0,
        nodes: [
          { id: 'a', label: 'A', dependsOn: [], state: 'IDLE' },
          { id: 'b', label: 'B', dependsOn: ['a'], state: 'IDLE' },
        ],
      },
    ],
  },
  ledger: { lastId: id(offset + 1), entries: [entry(1), entry(2)] },
  suggestions: { lastId: id(offset + 2), suggestions: [] },
})

function entry(entryId: number) {
  return { entryId, flowId: 1, description: 'Settled', amount: '1.00', currency: 'EUR', timestamp: AT }
}

const booked = (offset: number, entryId: number, epoch?: string): Message => ({
  type: 'LEDGER_UPDATE',
  payload: entry(entryId),
  id: id(offset, epoch),
})

const status = (
  offset: number,
  status: 'STARTED' | 'NODE_COMPLETE' | 'FINISHED' | 'FAILED',
  nodeId?: string,
) =>
  ({
    type: 'FLOW_STATUS',
    payload: { flowId: 1, status, timestamp: AT, ...(nodeId && { nodeId }) },
    id: id(offset),
  }) as Message

describe('a ledger entry', () => {
  test('goes on top', () => {
    const dashboard = apply(fromSnapshot(snapshot(10)), booked(20, 3))

    expect(dashboard.entries.map((one) => one.entryId)).toEqual([3, 2, 1])
  })

  test('received twice is there once', () => {
    const dashboard = [booked(20, 3), booked(20, 3), booked(21, 2)].reduce(apply, fromSnapshot(snapshot(10)))

    expect(dashboard.entries.map((one) => one.entryId)).toEqual([3, 2, 1])
  })

  test('received late finds its place', () => {
    const dashboard = [booked(20, 5), booked(21, 4)].reduce(apply, fromSnapshot(snapshot(10)))

    expect(dashboard.entries.map((one) => one.entryId)).toEqual([5, 4, 2, 1])
  })

  test('of another hub is never taken for known', () => {
    const dashboard = apply(fromSnapshot(snapshot(10)), booked(1, 3, '00000000000000ab'))

    expect(dashboard.entries[0]?.entryId).toBe(3)
  })
})

describe('a status', () => {
  test('lights up its node', () => {
    const dashboard = [status(20, 'STARTED'), status(21, 'STARTED', 'a')].reduce(
      apply,
      fromSnapshot(snapshot(10)),
    )

    expect(dashboard.flows[0]?.state).toBe('RUNNING')
    expect(dashboard.flows[0]?.nodes.map((node) => node.state)).toEqual(['RUNNING', 'IDLE'])
  })

  test('that begins a run puts all nodes out', () => {
    const run = [
      status(20, 'STARTED'),
      status(21, 'NODE_COMPLETE', 'a'),
      status(22, 'FAILED', 'b'),
      status(23, 'FAILED'),
    ]
    const after = run.reduce(apply, fromSnapshot(snapshot(10)))
    expect(after.flows[0]?.nodes.map((node) => node.state)).toEqual(['DONE', 'FAILED'])
    expect(after.flows[0]?.state).toBe('FAILED')

    const again = apply(after, status(24, 'STARTED'))

    expect(again.flows[0]?.nodes.map((node) => node.state)).toEqual(['IDLE', 'IDLE'])
    expect(again.flows[0]?.endedAt).toBeUndefined()
  })

  test('that the snapshot contains is skipped', () => {
    const before = fromSnapshot(snapshot(10))

    expect(apply(before, status(10, 'STARTED'))).toBe(before)
    expect(apply(before, status(11, 'STARTED'))).not.toBe(before)
  })
})

test('the resume point is the oldest of the parts', () => {
  expect(resumePoint(fromSnapshot(snapshot(10)))).toBe(id(10))
})

test('suggestions are sorted by what they save and keep their number', () => {
  const suggestion = (suggestionId: number, savingMillis: number): Message => ({
    type: 'OPTIMIZATION_AVAILABLE',
    payload: { suggestionId, flowId: 1, nodeId: 'a', title: 't', detail: 'd', savingMillis, timestamp: AT },
    id: id(50),
  })

  const dashboard = [suggestion(1, 100), suggestion(2, 300), suggestion(1, 400)].reduce(
    apply,
    fromSnapshot(snapshot(10)),
  )

  expect(dashboard.suggestions.map((one) => [one.suggestionId, one.savingMillis])).toEqual([
    [1, 400],
    [2, 300],
  ])
})
