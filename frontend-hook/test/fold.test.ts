import { describe, expect, it } from 'vitest'
import { foldFlow, UNKNOWN_FLOW } from '../src/foldFlow.js'
import type { FlowStatus } from '../src/messages.js'

const at = (second: number) => `2026-01-01T00:00:0${second}Z`
const status = (of: FlowStatus['status'], second: number, nodeId?: string, flowId = 42): FlowStatus => ({
  flowId,
  status: of,
  ...(nodeId === undefined ? {} : { nodeId }),
  timestamp: at(second),
})

describe('foldFlow()', () => {
  const fold = (...messages: FlowStatus[]) => messages.reduce(foldFlow, UNKNOWN_FLOW)
  const run = [
    status('STARTED', 1),
    status('STARTED', 2, 'a'),
    status('NODE_COMPLETE', 3, 'a'),
    status('STARTED', 4, 'b'),
  ]

  it('tells how far a run is', () => {
    expect(fold(...run)).toEqual({
      status: 'STARTED',
      nodes: {
        a: { status: 'NODE_COMPLETE', startedAt: at(2), endedAt: at(3) },
        b: { status: 'STARTED', startedAt: at(4), endedAt: null },
      },
      startedAt: at(1),
      endedAt: null,
      timestamp: at(4),
    })
  })

  it.each(['FINISHED', 'FAILED'] as const)('tells that it %s, and keeps its nodes', (end) => {
    const flow = fold(...run, status(end, 5))

    expect(flow).toMatchObject({ status: end, startedAt: at(1), endedAt: at(5), timestamp: at(5) })
    expect(Object.keys(flow.nodes)).toEqual(['a', 'b'])
  })

  it('a failed node is not yet a failed flow', () => {
    const flow = fold(...run, status('FAILED', 5, 'b'))

    expect(flow.status).toBe('STARTED')
    expect(flow.nodes.b).toEqual({ status: 'FAILED', startedAt: at(4), endedAt: at(5) })
  })

  it('a start forgets the run before', () => {
    expect(fold(...run, status('FINISHED', 5), status('STARTED', 6))).toEqual({
      status: 'STARTED',
      nodes: {},
      startedAt: at(6),
      endedAt: null,
      timestamp: at(6),
    })
  })

  it('a node that starts again has not ended', () => {
    expect(fold(...run, status('STARTED', 5, 'a')).nodes.a).toEqual({
      status: 'STARTED',
      startedAt: at(5),
      endedAt: null,
    })
  })

  it('runs where only nodes were heard of, since when nobody knows', () => {
    expect(fold(status('NODE_COMPLETE', 3, 'a'))).toEqual({
      status: 'STARTED',
      nodes: { a: { status: 'NODE_COMPLETE', startedAt: null, endedAt: at(3) } },
      startedAt: null,
      endedAt: null,
      timestamp: at(3),
    })
  })

  it('a complete node that has no name changes nothing', () => {
    const flow = fold(...run)

    expect(foldFlow(flow, status('NODE_COMPLETE', 5))).toBe(flow)
  })

  it('gives the same for a message that comes twice', () => {
    expect(fold(...run.flatMap((message) => [message, message]))).toEqual(fold(...run))
  })
})
