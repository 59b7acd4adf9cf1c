import { act, render } from '@testing-library/react'
import { Activity } from 'react'
import { expect, it, vi } from 'vitest'
import { useWebSocket } from '../src/index.js'
import type { Options } from '../src/options.js'
import { page } from '../src/page.js'
import { createFakeServer } from '../src/testing.js'

function Follower({ url, options }: { url: string; options?: Options }) {
  useWebSocket(url, options)
  return null
}

/** The page's sockets, on a clock of this test. */
function opened() {
  vi.useFakeTimers()
  const server = createFakeServer()
  vi.stubGlobal('WebSocket', server.WebSocket)
  return server
}

const settle = (ms: number) => act(() => void vi.advanceTimersByTime(ms))

it('a hidden component keeps no socket of the addresses that it was rendered with', () => {
  const server = opened()
  const at = (n: number) => (
    <Activity mode="hidden">
      <Follower url={`ws://hub/${n}`} />
    </Activity>
  )
  const { rerender, unmount } = render(at(0))
  for (let n = 1; n < 600; n++) {
    rerender(at(n))
    settle(1)
  }

  settle(200)

  expect([...page().sockets.keys()]).toEqual([])
  expect(server.connections).toEqual([])
  unmount()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

it('the options of a component count when it is shown, and no longer when it is hidden or gone', () => {
  const server = opened()
  const at = (mode: 'hidden' | 'visible' | null) => (
    <>
      <Follower url="ws://hub/ws" />
      {mode && (
        <Activity mode={mode}>
          <Follower url="ws://hub/ws" options={{ protocols: 'shown' }} />
        </Activity>
      )}
    </>
  )
  const connectAnew = () => {
    act(() => page().sockets.get('ws://hub/ws')?.reconnect())
    return server.last.protocols
  }

  const { rerender } = render(at('visible'))
  settle(0)
  expect(server.last.protocols).toBe('shown')
  rerender(at('hidden'))
  settle(200) // it was rendered once more, and might have been shown
  expect(connectAnew()).toBeUndefined()
  rerender(at('visible'))
  expect(connectAnew()).toBe('shown')
  rerender(at('hidden'))
  rerender(at(null))
  settle(200)

  expect(connectAnew()).toBeUndefined()
  vi.useRealTimers()
})
