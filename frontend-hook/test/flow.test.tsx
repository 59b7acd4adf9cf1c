import { act, render, renderHook, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { UNKNOWN_FLOW, useFlow } from '../src/flow.js'
import type { FlowStatus } from '../src/messages.js'
import { createFakeServer, fakeId } from '../src/testing.js'

const at = (second: number) => `2026-01-01T00:00:0${second}Z`
const status = (of: FlowStatus['status'], second: number, nodeId?: string, flowId = 42): FlowStatus => ({
  flowId,
  status: of,
  ...(nodeId === undefined ? {} : { nodeId }),
  timestamp: at(second),
})

describe('useFlow()', () => {
  /** Shows flow 42 of a server, which sends messages about it. */
  function shown(flowId = 42) {
    const server = createFakeServer()
    const socket = server.socket()
    let renders = 0
    const hook = renderHook(
      ({ id }) => {
        renders++
        return useFlow(socket, id)
      },
      { wrapper: StrictMode, initialProps: { id: flowId } },
    )
    act(() => {
      server.clock.advance(0)
      server.last.accept()
      server.last.hello({ id: fakeId(10) })
    })
    return {
      ...hook,
      server,
      get renders() {
        return renders
      },
      say: (...messages: object[]) =>
        act(() => messages.forEach((message) => void server.last.message(message))),
    }
  }
  const told = (payload: FlowStatus, topic?: string) => ({ type: 'FLOW_STATUS', payload, topic })
  const gap = (topic?: string, reset?: boolean) => ({ type: '$gap', payload: { topic, reset } })

  it('folds the messages of its flow, all that come at once in one render', () => {
    const page = shown()
    expect(page.result.current).toEqual({ ...UNKNOWN_FLOW, isStale: false })
    const before = page.renders

    page.say(told(status('STARTED', 1)), told(status('NODE_COMPLETE', 2, 'a')), told(status('FINISHED', 3)))

    expect(page.result.current).toMatchObject({ status: 'FINISHED', startedAt: at(1), endedAt: at(3) })
    expect(page.result.current.nodes.a?.endedAt).toBe(at(2))
    expect(page.renders).toBe(before + 2) // StrictMode renders twice
  })

  it('other flows concern it not at all', () => {
    const page = shown()
    const before = page.renders

    page.say(told(status('STARTED', 1, undefined, 43)))

    expect(page.result.current.status).toBeNull()
    expect(page.renders).toBe(before)
  })

  it('starts over with another flow', () => {
    const page = shown()
    page.say(told(status('STARTED', 1)))

    page.rerender({ id: 43 })
    expect(page.result.current.status).toBeNull()
    page.say(told(status('STARTED', 1)), told(status('FAILED', 2, undefined, 43)))

    expect(page.result.current).toMatchObject({ status: 'FAILED', startedAt: null })
  })

  it('starts over with another source', () => {
    const servers = [createFakeServer(), createFakeServer()] as const
    const sockets = servers.map((server) => server.socket())
    const { result, rerender } = renderHook(({ n }) => useFlow(sockets[n], 42), { initialProps: { n: 0 } })
    const say = (n: 0 | 1, payload: FlowStatus) =>
      act(() => {
        servers[n].clock.advance(0)
        servers[n].last.message(told(payload))
      })
    say(0, status('STARTED', 1))
    expect(result.current.status).toBe('STARTED')

    rerender({ n: 1 })
    expect(result.current.status).toBeNull()
    say(1, status('FAILED', 2))

    expect(result.current).toMatchObject({ status: 'FAILED', startedAt: null })
  })

  it.each([
    ['of its topic', gap('flow:42')],
    ['of no topic', gap()],
  ])('is stale after a gap %s, until it starts anew', (_, lost) => {
    const page = shown()
    page.say(told(status('STARTED', 1), 'flow:42'))
    expect(page.result.current.isStale).toBe(false)

    page.say(lost)
    expect(page.result.current).toMatchObject({ status: 'STARTED', isStale: true })
    page.say(told(status('STARTED', 2, 'a'), 'flow:42'), told(status('FINISHED', 3), 'flow:42'))
    expect(page.result.current).toMatchObject({ status: 'FINISHED', isStale: true })
    page.say(told(status('STARTED', 4), 'flow:42'))

    expect(page.result.current).toMatchObject({ status: 'STARTED', isStale: false, nodes: {} })
  })

  it('is not stale after a gap of another topic, unless nobody knows yet which is its own', () => {
    const page = shown()
    page.say(told(status('STARTED', 1), 'flow:42'), gap('ledger'))
    expect(page.result.current.isStale).toBe(false)

    const other = shown()
    other.say(gap('flow:42'))

    expect(other.result.current.isStale).toBe(true)
  })

  it('forgets everything where a gap says that the whole state follows', () => {
    const page = shown()
    page.say(told(status('FINISHED', 1), 'flow:42'), gap('flow:42'), gap('ledger', true))
    expect(page.result.current).toMatchObject({ status: 'FINISHED', isStale: true })

    page.say(gap('flow:42', true))

    expect(page.result.current).toEqual({ ...UNKNOWN_FLOW, isStale: false })
  })

  it('keeps its state over a lost connection that is resumed', () => {
    const page = shown()
    page.say(told(status('STARTED', 1)))

    act(() => {
      page.server.last.drop()
      page.server.clock.advance(1_000)
      page.server.last.accept()
      page.server.last.hello({ id: fakeId(10), resumed: true })
    })
    page.say(told(status('NODE_COMPLETE', 2, 'a')))

    expect(page.result.current).toMatchObject({ status: 'STARTED', startedAt: at(1), isStale: false })
    expect(page.result.current.nodes.a?.status).toBe('NODE_COMPLETE')
  })

  it('null is no flow, and so it is on a server', () => {
    const Component = () => <p>{`${useFlow(null, 42).status}`}</p>

    render(<Component />)

    expect(screen.getByText('null')).toBeTruthy()
    expect(renderToString(<Component />)).toBe('<p>null</p>')
  })
})
