import { readFileSync } from 'node:fs'
import { act, render, screen } from '@testing-library/react'
import { createFakeServer, fakeId } from 'use-flow-socket/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DEFAULTS } from '../../src/options.js'
import { Light } from './Light.js'
import { Live } from './Live.js'
import { app } from './react-native.js'

afterEach(() => {
  vi.useRealTimers()
})

// Twice in one file, as users have them.
describe.each([1, 2])('The test of the README', () => {
  it('connects anew when the server is gone', () => {
    vi.useFakeTimers()
    const server = createFakeServer()
    vi.stubGlobal('WebSocket', server.WebSocket) // Jest: globalThis.WebSocket = server.WebSocket

    render(<Light />) // that of the beginning
    act(() => void vi.advanceTimersByTime(0)) // it connects once everything is mounted
    act(() => {
      server.last.accept()
      server.last.hello({ id: fakeId(1) })
      server.last.message({ type: 'FLOW_STATUS', payload: { flowId: 7, status: 'STARTED' }, id: fakeId(2) })
    })
    act(() => server.last.drop()) // or drop(4003, 'forbidden'); a server that falls silent does nothing

    expect(screen.getByRole('status').textContent).toBe('Connecting: FLOW_STATUS')
  })
})

describe('The recipe for React Native', () => {
  it('looks after the connection when the app is back', () => {
    vi.useFakeTimers()
    const server = createFakeServer()
    vi.stubGlobal('WebSocket', server.WebSocket)
    const { container, unmount } = render(<Live />)
    act(() => void vi.advanceTimersByTime(0))
    act(() => {
      server.last.accept()
      server.last.hello({ syncMs: 15_000 })
    })
    expect(container.textContent).toBe('Connected')

    for (const state of ['background', 'active']) app.become(state)
    act(() => void vi.advanceTimersByTime(1_000))

    expect(server.connections.map(({ closedWith }) => closedWith)).toEqual([1000, undefined])
    unmount()
    expect(app.listeners).toBe(0)
  })
})

it('the defaults of the README are those of the code', () => {
  const readme = readFileSync(`${import.meta.dirname}/../../README.md`, 'utf8')
  const rows = readme.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)

  expect(
    Object.fromEntries([...rows].map(([, name, value]) => [name, Number(value?.replaceAll(',', ''))])),
  ).toEqual(DEFAULTS)
})
