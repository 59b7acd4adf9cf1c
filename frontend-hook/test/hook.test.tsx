import { act, render, renderHook, screen } from '@testing-library/react'
import * as React from 'react'
import { StrictMode, Suspense, useCallback, useEffect, useLayoutEffect, useState, version } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import useDefault, { createSocket, useFlowSocket, useLatest, useMessage, useWebSocket } from '../src/index.js'
import { useTopic } from '../src/topics.js'
import { createFakeServer, flow, hello, id, joined, sync } from './fake.js'
import { type Server, startServer } from './server.js'
import { until } from './until.js'

const strict = { wrapper: StrictMode }
const settle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let server: Server

beforeEach(async () => {
  server = await startServer()
})

afterEach(async () => {
  await server.stop()
})

it('runs on the React that the project is named after', ({ task }) => {
  expect(task.file.projectName).toBe(`react-${version.split('.')[0]}`)
})

describe('useWebSocket', () => {
  it('connects on mount, receives, sends, and closes a moment after unmount', async () => {
    const { result, unmount } = renderHook(() => useWebSocket(server.url), strict)
    expect(result.current.isConnected).toBe(false)
    await until(() => expect(result.current.isConnected).toBe(true))
    expect(result.current.lastMessage).toBeNull()

    server.send(flow(1))
    await until(() => expect(result.current.lastMessage).toEqual(flow(1)))
    expect(result.current.sendMessage('FLOW_STATUS', flow(2).payload)).toBe(true)
    await until(() => expect(server.texts).toEqual([JSON.stringify(flow(2))]))
    unmount()

    await until(() => expect(server.open).toHaveLength(0))
    expect(server.links).toHaveLength(1)
    const { sendMessage, reconnect, close, resumeFrom } = result.current
    expect(sendMessage('FLOW_STATUS', flow(2).payload)).toBe(false)
    for (const act of [reconnect, close, () => resumeFrom(id(1))]) expect(act).not.toThrow()
  })

  it('has a default export and a name after the package', () => {
    expect(useDefault).toBe(useWebSocket)
    expect(useFlowSocket).toBe(useWebSocket)
  })

  it('five components under StrictMode have one connection, and none soon after they are gone', async () => {
    const Component = () => {
      const { isConnected } = useWebSocket(server.url)
      useMessage(server.url, 'FLOW_STATUS', () => {})
      return <p>{isConnected ? 'on' : 'off'}</p>
    }
    const { unmount } = render(
      <StrictMode>
        {['a', 'b', 'c', 'd', 'e'].map((key) => (
          <Component key={key} />
        ))}
      </StrictMode>,
    )
    await until(() => expect(screen.getAllByText('on')).toHaveLength(5))
    await settle(300)
    expect(server.links).toHaveLength(1)

    unmount()

    await until(() => expect(server.open).toHaveLength(0))
    expect(server.links).toHaveLength(1)
  })

  it('addresses that mean the same are one connection', async () => {
    const path = server.url.replace('ws://', 'http://')
    const { result } = renderHook(() => [useWebSocket(server.url), useWebSocket(path)] as const, strict)

    await until(() => expect(result.current.map((socket) => socket.isConnected)).toEqual([true, true]))

    expect(server.links).toHaveLength(1)
  })

  it('null is no connection, until there is an address; another address is another connection', async () => {
    const { result, rerender } = renderHook(({ url }) => useWebSocket(url), {
      ...strict,
      initialProps: { url: null as string | null },
    })
    await settle(50)
    expect(result.current.status).toBe('idle')
    expect(result.current.sendMessage('FLOW_STATUS', flow(1).payload)).toBe(false)
    expect(server.links).toHaveLength(0)

    rerender({ url: server.url })
    await until(() => expect(result.current.status).toBe('open'))
    server.send(flow(1))
    await until(() => expect(result.current.lastMessage).toEqual(flow(1)))
    rerender({ url: `${server.url}?other` })
    expect(result.current.lastMessage).toBeNull()
    await until(() => expect(result.current.status).toBe('open'))

    await until(() => expect(server.open).toHaveLength(1))
    expect(server.paths).toEqual(['/ws?signal-hub=1', '/ws?other&signal-hub=1'])
  })

  it('takes no part while `enabled` is false', async () => {
    const { result, rerender } = renderHook(({ enabled }) => useWebSocket(server.url, { enabled }), {
      ...strict,
      initialProps: { enabled: false },
    })
    await settle(50)
    expect(result.current.status).toBe('idle')
    expect(result.current.sendMessage('FLOW_STATUS', flow(1).payload)).toBe(false)
    expect(server.links).toHaveLength(0)

    rerender({ enabled: true })
    await until(() => expect(result.current.status).toBe('open'))
    rerender({ enabled: false })
    expect(result.current.status).toBe('idle')

    await until(() => expect(server.open).toHaveLength(0))
    expect(server.links).toHaveLength(1)
  })

  it('options that change hold from their next use, without another connection', async () => {
    const { result, rerender } = renderHook((options) => useWebSocket(server.url, options), {
      ...strict,
      initialProps: { baseDelayMs: 60_000, maxQueued: 0 },
    })
    await until(() => expect(result.current.status).toBe('open'))

    rerender({ baseDelayMs: 1, maxQueued: 1 })
    await settle(50)
    expect(server.links).toHaveLength(1)
    act(() => server.links[0]?.terminate())

    await until(() => expect(server.links).toHaveLength(2))
  })

  it('forgets the options of components that are gone, with their connection', async () => {
    const { unmount } = renderHook(() => useWebSocket(server.url, { plain: true }), strict)
    await until(() => expect(server.open).toHaveLength(1))
    unmount()
    await until(() => expect(server.open).toHaveLength(0))

    renderHook(() => useWebSocket(server.url), strict)

    await until(() => expect(server.paths).toEqual(['/ws', '/ws?signal-hub=1']))
  })

  it('sends what a component says when it goes, while the connection lingers', async () => {
    const { result, unmount } = renderHook(() => {
      const { sendMessage, isConnected } = useWebSocket(server.url)
      useEffect(() => () => void sendMessage('FLOW_STATUS', flow(7).payload), [sendMessage])
      return isConnected
    })
    await until(() => expect(result.current).toBe(true))

    unmount()

    await until(() => expect(server.texts).toEqual([JSON.stringify(flow(7))]))
    await until(() => expect(server.open).toHaveLength(0))
  })

  it('takes a socket, which it opens and closes like an address', async () => {
    const socket = createSocket(server.url)
    const { result, unmount } = renderHook(() => useWebSocket(socket), strict)

    await until(() => expect(result.current.isConnected).toBe(true))
    unmount()

    await until(() => expect(socket.state.status).toBe('idle'))
    expect(server.links).toHaveLength(1)
  })

  it('a component that joins later sees at once what there is', async () => {
    const first = renderHook(() => useWebSocket(server.url).status, strict)
    await until(() => expect(first.result.current).toBe('open'))
    const seen: string[] = []

    renderHook(() => seen.push(useWebSocket(server.url).status))

    expect(seen).toEqual(['open'])
  })

  it('sends what a child sends when it mounts, before its parent has connected', async () => {
    const Child = ({ send }: { send: () => void }) => {
      useEffect(send, [send])
      return null
    }
    const Parent = () => {
      const { sendMessage } = useWebSocket(server.url)
      const send = useCallback(() => void sendMessage('FLOW_STATUS', flow(9).payload), [sendMessage])
      return <Child send={send} />
    }

    render(<Parent />)

    await until(() => expect(server.texts).toEqual([JSON.stringify(flow(9))]))
  })

  it('merges the options of all components before it connects', async () => {
    const logger = vi.fn()
    const Child = () => {
      useMessage(server.url, 'FLOW_STATUS', () => {})
      return null
    }
    const Parent = () => {
      useWebSocket(server.url, { after: id(3), logger })
      return <Child />
    }

    render(<Parent />, strict)

    await until(() => expect(server.paths).toEqual([`/ws?signal-hub=1&after=${id(3)}`]))
    await until(() =>
      expect(logger).toHaveBeenCalledWith('open', expect.objectContaining({ isConnected: true })),
    )
  })

  it('comes back after a cut and resumes', async () => {
    const heard: number[] = []
    const { result } = renderHook(() => {
      useMessage(server.url, 'FLOW_STATUS', ({ flowId }) => heard.push(flowId))
      return useWebSocket(server.url, { baseDelayMs: 20 })
    }, strict)
    await until(() => expect(result.current.status).toBe('open'))
    server.send(hello(id(0)))
    server.send(flow(1, 1))
    await until(() => expect(heard).toEqual([1]))

    server.links[0]?.terminate()
    await until(() => expect(server.links).toHaveLength(2))
    await until(() => expect(result.current.status).toBe('open'))
    expect(result.current.continuity).toBe('recovering')
    server.send(hello(id(1), true))
    server.send(flow(1, 1))
    server.send(flow(2, 2))

    await until(() => expect(heard).toEqual([1, 2]))
    expect(result.current.continuity).toBe('live')
    expect(server.paths[1]).toBe(`/ws?signal-hub=1&after=${id(1)}`)
  })

  it('closes for good and reconnects on demand', async () => {
    const { result } = renderHook(() => useWebSocket(server.url), strict)
    await until(() => expect(result.current.status).toBe('open'))

    act(() => result.current.close())
    expect(result.current.status).toBe('closed')
    act(() => result.current.reconnect())

    await until(() => expect(result.current.status).toBe('open'))
    expect(server.links).toHaveLength(2)
  })

  it('garbage changes nothing, and is warned of once', async () => {
    const { result } = renderHook(() => useWebSocket(server.url), strict)
    await until(() => expect(result.current.isConnected).toBe(true))

    server.send('garbage')
    server.send('{"payload":1}')
    server.send(flow(1))

    await until(() => expect(result.current.lastMessage).toEqual(flow(1)))
    expect(vi.mocked(console.warn).mock.calls).toEqual([
      [expect.stringMatching(/^use-flow-socket: ignored a message from ws:.* was garbage$/)],
    ])
    vi.mocked(console.warn).mockClear()
  })

  it('renders to a string on a server: idle, and without touching a global', () => {
    vi.stubGlobal('WebSocket', undefined)
    vi.stubGlobal('location', undefined)
    const Component = () => {
      const { status, isConnected, lastMessage } = useWebSocket('/ws')
      useMessage('/ws', 'FLOW_STATUS', () => {})
      return <p>{`${status} ${isConnected} ${lastMessage} ${useLatest('/ws', 'FLOW_STATUS')}`}</p>
    }

    expect(renderToString(<Component />)).toBe('<p>idle false null null</p>')
  })
})

describe('Rendering', () => {
  /** A socket in fake surroundings, already open once something listens. */
  const fakeSocket = () => {
    const fake = createFakeServer()
    return {
      fake,
      socket: fake.socket(),
      open: () =>
        act(() => {
          fake.clock.advance(0)
          fake.last.accept()
        }),
    }
  }

  it('useMessage alone renders never, whatever comes, and hears all of it', () => {
    const { fake, socket, open } = fakeSocket()
    const heard: number[] = []
    let renders = 0
    renderHook(() => {
      renders++
      useMessage(socket, 'FLOW_STATUS', ({ flowId }) => heard.push(flowId))
    })
    const before = renders

    open()
    act(() => {
      for (let n = 0; n < 2_000; n++) fake.last.message(flow(n, n + 1))
      fake.last.drop()
    })

    expect(heard).toEqual(Array.from({ length: 2_000 }, (_, n) => n))
    expect(renders).toBe(before)
  })

  it('what is not read renders nothing', () => {
    const { fake, socket, open } = fakeSocket()
    let renders = 0
    const { result } = renderHook(() => {
      renders++
      const { sendMessage, isConnected } = useWebSocket(socket)
      return { sendMessage, isConnected }
    })
    open()
    expect(result.current.isConnected).toBe(true)
    const { sendMessage } = result.current
    const before = renders

    act(() => {
      for (let n = 0; n < 100; n++) fake.last.message(flow(n, n + 1))
      fake.last.message({ type: '$gap', payload: {} })
    })
    expect(renders).toBe(before)
    act(() => fake.last.drop())

    expect(renders).toBe(before + 1)
    expect(result.current.isConnected).toBe(false)
    expect(result.current.sendMessage).toBe(sendMessage)
  })

  it('what is read only later is right at once', () => {
    const { fake, socket, open } = fakeSocket()
    const { result, rerender } = renderHook(
      ({ more }) => {
        const shown = useWebSocket(socket)
        return more ? shown.continuity : shown.isConnected
      },
      { initialProps: { more: false } },
    )
    open()
    act(() => fake.last.message({ type: '$gap', payload: {} }))

    rerender({ more: true })

    expect(result.current).toBe('gap')
  })

  it('shows changes as a new object, as memoizing compilers expect', () => {
    const { fake, socket, open } = fakeSocket()
    const { result } = renderHook(() => {
      const shown = useWebSocket(socket)
      void shown.status
      return shown
    })
    open()
    const before = result.current

    act(() => fake.last.drop())

    expect(result.current).not.toBe(before)
    expect(before.status).toBe('open')
    expect(result.current.status).toBe('waiting')
  })

  it.each([false, true])(
    'shows each of 2,000 messages of a burst as lastMessage (StrictMode: %s)',
    async (isStrict) => {
      const heard: number[] = []
      const shown = new Set<unknown>()
      const order: number[] = []
      const { result } = renderHook(
        () => {
          const { lastMessage, isConnected } = useWebSocket(server.url)
          useMessage(server.url, 'FLOW_STATUS', ({ flowId }) => heard.push(flowId))
          useEffect(() => {
            if (lastMessage?.type !== 'FLOW_STATUS' || shown.has(lastMessage)) return
            shown.add(lastMessage)
            order.push(lastMessage.payload.flowId)
          }, [lastMessage])
          return isConnected
        },
        isStrict ? strict : {},
      )
      await until(() => expect(result.current).toBe(true))

      for (let n = 0; n < 2_000; n++) server.send(flow(n, n + 1))

      await until(() => expect(order).toHaveLength(2_000))
      expect(heard).toHaveLength(2_000)
      expect(order).toEqual(Array.from({ length: 2_000 }, (_, n) => n))
    },
  )

  it('shows a burst that comes in one task to several components, each completely', async () => {
    const { fake, socket, open } = fakeSocket()
    const seen: number[][] = [[], [], []]
    const Component = ({ to }: { to: number[] }) => {
      const { lastMessage } = useWebSocket(socket)
      const flowId = lastMessage?.type === 'FLOW_STATUS' ? lastMessage.payload.flowId : -1
      useEffect(() => {
        to.push(flowId)
      }, [to, flowId])
      return null
    }
    render(seen.map((to, n) => <Component key={String(n)} to={to} />))
    open()

    for (let n = 0; n < 200; n++) fake.last.message(flow(n, n + 1))

    const all = Array.from({ length: 201 }, (_, n) => n - 1)
    await until(() => expect(seen).toEqual([all, all, all]))
  })

  it('skips the oldest where more than 10,000 wait to be shown, and ends with the newest', async () => {
    const { fake, socket, open } = fakeSocket()
    const seen: number[] = []
    renderHook(() => {
      const { lastMessage } = useWebSocket(socket)
      useEffect(() => {
        if (lastMessage?.type === 'FLOW_STATUS') seen.push(lastMessage.payload.flowId)
      }, [lastMessage])
    })
    open()

    for (let n = 1; n <= 10_002; n++) fake.last.message(flow(n, n))

    await until(() => expect(seen.at(-1)).toBe(10_002))
    expect(seen.slice(0, 3)).toEqual([1, 3, 4]) // 1 was shown at once, 2 had to go
    expect(seen).toHaveLength(10_001)
  })

  it('shows bursts where there is no MessageChannel', async () => {
    vi.stubGlobal('MessageChannel', undefined)
    const { fake, socket, open } = fakeSocket()
    const seen: number[] = []
    renderHook(() => {
      const { lastMessage } = useWebSocket(socket)
      useEffect(() => {
        if (lastMessage?.type === 'FLOW_STATUS') seen.push(lastMessage.payload.flowId)
      }, [lastMessage])
    })
    open()

    for (let n = 1; n <= 20; n++) fake.last.message(flow(n, n))

    await until(() => expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n + 1)))
  })

  it('forgets what a burst still has to show when the component goes', async () => {
    const { fake, socket, open } = fakeSocket()
    let renders = 0
    const { unmount } = renderHook(() => {
      renders++
      return useWebSocket(socket).lastMessage
    })
    open()
    for (let n = 1; n <= 20; n++) fake.last.message(flow(n, n))
    await until(() => expect(renders).toBeGreaterThan(3))

    unmount()
    const before = renders
    await settle(50)

    expect(renders).toBe(before)
  })

  it('shows the next message only after the last was committed, though React suspends meanwhile', async () => {
    const { fake, socket, open } = fakeSocket()
    const seen: number[] = []
    let release = () => {}
    let gate: Promise<void> | null = new Promise((resolve) => {
      release = resolve
    })
    const Reader = () => {
      const { lastMessage, continuity } = useWebSocket(socket)
      useEffect(() => {
        if (lastMessage?.type === 'FLOW_STATUS') seen.push(lastMessage.payload.flowId)
      }, [lastMessage])
      if (lastMessage && gate) throw gate
      return continuity
    }
    render(
      <Suspense>
        <Reader />
      </Suspense>,
    )
    open()

    act(() => fake.last.message({ type: '$gap', payload: {} })) // a commit that shows no message
    for (const n of [1, 2, 3]) fake.last.message(flow(n))
    await settle(20)
    gate = null
    release()

    await until(() => expect(seen).toEqual([1, 2, 3]))
  })

  it('shows no message that came before a component read the last one', () => {
    const { fake, socket, open } = fakeSocket()
    const { result, rerender } = renderHook(
      ({ isReading }) => {
        const shown = useWebSocket(socket)
        return isReading ? shown.lastMessage : null
      },
      { initialProps: { isReading: false } },
    )
    open()
    for (const n of [1, 2]) fake.last.message(flow(n))

    rerender({ isReading: true })
    expect(result.current).toBeNull()
    act(() => fake.last.message(flow(3)))

    expect(result.current).toEqual(flow(3))
  })

  it('goes on showing messages one by one while state changes come in between', async () => {
    const { fake, socket, open } = fakeSocket()
    const seen: number[] = []
    const { result } = renderHook(() => {
      const { lastMessage, status, queued } = useWebSocket(socket)
      useEffect(() => {
        if (lastMessage?.type === 'FLOW_STATUS') seen.push(lastMessage.payload.flowId)
      }, [lastMessage])
      return `${status} ${queued}`
    })
    open()

    for (let n = 0; n < 50; n++) fake.last.message(flow(n, n + 1))
    fake.last.drop()
    for (let n = 0; n < 10; n++) {
      await new Promise((resolve) => setTimeout(resolve))
      socket.send('FLOW_STATUS', flow(n).payload)
    }

    await until(() => expect(seen).toHaveLength(50))
    expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n))
    await until(() => expect(result.current).toBe('waiting 10'))
  })
})

describe('Options', () => {
  it('are those of mounted components, the latest given wins, and undefined is as if left out', async () => {
    const Component = (options: { protocols?: string | undefined }) => {
      useWebSocket(server.url, options)
      return null
    }
    const asked = async (count: number) => {
      await until(() => expect(server.links).toHaveLength(count))
      return server.links[count - 1]?.protocol
    }
    const shared = renderHook(() => useWebSocket(server.url), strict)
    const first = render(<Component protocols="a" />, strict)
    const second = render(<Component protocols="b" />, strict)
    render(<Component protocols={undefined} />, strict)
    expect(await asked(1)).toBe('b')

    second.unmount()
    shared.result.current.reconnect()
    expect(await asked(2)).toBe('a')
    first.rerender(<Component protocols="c" />)
    shared.result.current.reconnect()
    expect(await asked(3)).toBe('c')
    first.unmount()
    shared.result.current.reconnect()

    expect(await asked(4)).toBe('')
  })

  it('also of the parent count for what children send when they mount', () => {
    const sent: boolean[] = []
    const Child = ({ send }: { send(): boolean }) => {
      useLayoutEffect(() => void sent.push(send()), [send])
      return null
    }
    const Parent = () => {
      const { sendMessage } = useWebSocket(server.url, { maxQueued: 0 })
      const send = useCallback(() => sendMessage('FLOW_STATUS', flow(1).payload), [sendMessage])
      return <Child send={send} />
    }

    render(<Parent />)

    expect(sent).toEqual([false])
  })

  it('also of a parent that renders anew count for what children do then', async () => {
    const Child = ({ name, reconnect }: { name: string; reconnect(): void }) => {
      useEffect(() => void (name === 'b' && reconnect()), [name, reconnect])
      return null
    }
    const Parent = ({ name }: { name: string }) => {
      const { reconnect } = useWebSocket(server.url, { protocols: name })
      return <Child name={name} reconnect={reconnect} />
    }
    const { rerender } = render(<Parent name="a" />)
    await until(() => expect(server.links).toHaveLength(1))

    rerender(<Parent name="b" />)
    await until(() => expect(server.links).toHaveLength(2))

    expect(server.links.map(({ protocol }) => protocol)).toEqual(['a', 'b'])
  })
})

describe("React's tools", () => {
  it('show the state, and what they read renders nothing', () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    socket.subscribe(() => {})
    const shown: unknown[] = []
    const internals = React as unknown as Record<string, { H?: object | null }>
    const spied = Object.entries(internals).find(([name]) => name.includes('INTERNALS'))?.[1] as {
      H?: Record<string, unknown> | null
      ReactCurrentDispatcher?: { current: Record<string, unknown> | null }
    }
    let renders = 0
    const Component = () => {
      renders++
      const dispatcher = spied.ReactCurrentDispatcher?.current ?? spied.H
      const debug = vi
        .spyOn(
          dispatcher as { useDebugValue(value: unknown, format: (value: unknown) => unknown): void },
          'useDebugValue',
        )
        .mockImplementation((value, format) => void shown.push(format(value)))
      useWebSocket(socket)
      debug.mockRestore()
      return null
    }

    render(<Component />)
    act(() => {
      fake.clock.advance(0)
      fake.last.accept()
    })

    expect(shown).toEqual(Array(renders).fill(expect.objectContaining({ status: 'connecting', attempt: 0 })))
    expect(renders).toBe(1)
  })
})

describe('A gap', () => {
  it('is shown until the page says what it knows', async () => {
    const { result } = renderHook(() => useWebSocket(server.url), strict)
    await until(() => expect(result.current.continuity).toBe('live'))
    await until(() => expect(result.current.status).toBe('open'))
    server.send({ type: '$gap', payload: { topic: 'flow:1' } })
    await until(() => expect(result.current.continuity).toBe('gap'))

    result.current.resumeFrom(id(9))

    await until(() => expect(result.current.continuity).toBe('live'))
  })
})

describe('useMessage', () => {
  it("hears of every application message by '*', and of nothing else", () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    const handler = vi.fn()
    renderHook(() => useMessage(socket, '*', handler))
    fake.clock.advance(0)
    fake.last.accept()

    fake.last.message(hello(id(1)))
    fake.last.message(flow(7, 2))
    fake.last.message({ type: 'OTHER', payload: [1] })

    expect(handler.mock.calls).toEqual([
      [flow(7).payload, flow(7, 2)],
      [[1], { type: 'OTHER', payload: [1] }],
    ])
  })

  it('calls the handler of the latest render without subscribing anew', () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    const on = vi.spyOn(socket, 'on')
    const heard: string[] = []
    let add = (_: number) => {}
    renderHook(() => {
      const [count, setCount] = useState(0)
      add = setCount
      useMessage(socket, 'FLOW_STATUS', ({ flowId }) => heard.push(`${count}:${flowId}`))
    })
    act(() => {
      fake.clock.advance(0)
      fake.last.accept()
    })

    fake.last.message(flow(1))
    act(() => add(7))
    fake.last.message(flow(2))

    expect(heard).toEqual(['0:1', '7:2'])
    expect(on).toHaveBeenCalledTimes(1)
  })

  it('hears of gaps and greetings too', async () => {
    const gaps = vi.fn()
    const { result } = renderHook(() => {
      useMessage(server.url, '$gap', gaps)
      return useWebSocket(server.url).status
    }, strict)
    await until(() => expect(result.current).toBe('open'))

    server.send({ type: '$gap', payload: { topic: 'flow:1' } })

    await until(() => expect(gaps).toHaveBeenCalledTimes(1))
    expect(gaps.mock.calls[0]?.[0]).toEqual({ topic: 'flow:1' })
  })

  it('null is silence', async () => {
    renderHook(() => useMessage(null, 'FLOW_STATUS', () => {}), strict)

    await settle(20)

    expect(server.links).toHaveLength(0)
  })
})

describe('useLatest', () => {
  it('returns the latest message of its type, and starts over with another source', async () => {
    const { result, rerender } = renderHook(({ url }) => useLatest(url, 'FLOW_STATUS'), {
      ...strict,
      initialProps: { url: server.url },
    })
    await until(() => expect(server.open).toHaveLength(1))
    expect(result.current).toBeNull()

    server.send(flow(1))
    server.send({ type: 'LEDGER_UPDATE', payload: {} })
    await until(() => expect(result.current).toEqual(flow(1)))
    rerender({ url: `${server.url}?other` })

    expect(result.current).toBeNull()
  })

  it('starts over with another type', async () => {
    type Shown = 'FLOW_STATUS' | 'LEDGER_UPDATE'
    const { result, rerender } = renderHook(({ type }) => useLatest(server.url, type), {
      ...strict,
      initialProps: { type: 'FLOW_STATUS' as Shown },
    })
    await until(() => expect(server.open).toHaveLength(1))
    server.send(flow(1))
    await until(() => expect(result.current).toEqual(flow(1)))

    rerender({ type: 'LEDGER_UPDATE' })

    expect(result.current).toBeNull()
  })
})

describe('useTopic', () => {
  const requests = () => server.texts.map((text) => JSON.parse(text))

  it('joins on mount, tells when it is joined, and leaves a moment after unmount', async () => {
    renderHook(() => useWebSocket(server.url).status, strict)
    const { result, unmount } = renderHook(() => useTopic(server.url, 'b', { after: id(1) }), strict)
    expect(result.current).toEqual({ isJoined: false, error: null })
    await until(() => expect(server.open).toHaveLength(1))
    server.send(hello(id(5)))
    await until(() => expect(requests()).toHaveLength(1))
    expect(requests()[0].payload).toMatchObject({ topic: 'b', after: id(1) })

    server.send(joined('b', 1, 5))
    server.send(sync(5))
    await until(() => expect(result.current.isJoined).toBe(true))
    unmount()

    await until(() => expect(requests()[1]).toEqual({ type: '$leave', payload: { topic: 'b' } }))
    expect(server.links).toHaveLength(1)
  })

  it('components that follow the same topic share it, also when one comes as another goes', async () => {
    const Component = () => <p>{useTopic(server.url, 'b').isJoined ? 'on' : 'off'}</p>
    const { rerender } = render(<Component key="a" />, strict)
    await until(() => expect(server.open).toHaveLength(1))
    server.send(hello(id(5)))
    await until(() => expect(requests()).toHaveLength(1))

    rerender([<Component key="b" />, <Component key="c" />])
    server.send(joined('b', 5, 5))
    server.send(sync(5))

    await until(() => expect(screen.getAllByText('on')).toHaveLength(2))
    await settle(300)
    expect(requests()).toHaveLength(1)
  })

  it('follows another topic when told to, and none for null', async () => {
    const { rerender, result } = renderHook(({ topic }) => useTopic(server.url, topic), {
      ...strict,
      initialProps: { topic: null as string | null },
    })
    await settle(50)
    expect(server.links).toHaveLength(0)

    rerender({ topic: 'a' })
    await until(() => expect(server.open).toHaveLength(1))
    server.send(hello(id(5)))
    server.send(joined('a', 5, 5))
    server.send(sync(5))
    await until(() => expect(result.current.isJoined).toBe(true))
    rerender({ topic: 'b' })

    await until(() => expect(requests().map(({ type }) => type)).toEqual(['$join', '$join', '$leave']))
    expect(result.current.isJoined).toBe(false)
  })

  it('tells why it may not', async () => {
    const { result } = renderHook(() => useTopic(server.url, 'b'), strict)
    await until(() => expect(server.open).toHaveLength(1))
    server.send(hello(id(5)))
    await until(() => expect(requests()).toHaveLength(1))

    const { ref } = requests()[0].payload
    server.send({ type: '$error', payload: { ref, code: 'forbidden', reason: 'not yours' } })

    await until(() => expect(result.current.error).toMatchObject({ code: 'forbidden' }))
  })

  it('renders on a server', () => {
    const Component = () => <p>{`${useTopic('/ws', 'b').isJoined}`}</p>

    expect(renderToString(<Component />)).toBe('<p>false</p>')
  })
})
