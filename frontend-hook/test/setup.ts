import { afterEach, beforeEach, expect, vi } from 'vitest'
import { WebSocket as Ws } from 'ws'

// The browser's WebSocket is stood in for by a real one: connections go through real sockets.
beforeEach(() => {
  vi.stubGlobal('WebSocket', Ws)
  vi.spyOn(console, 'error')
  vi.spyOn(console, 'warn')
})

afterEach(() => {
  const said = [vi.mocked(console.error), vi.mocked(console.warn)].flatMap(({ mock }) => mock.calls)
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  expect(said).toEqual([])
})
