import { act, fireEvent, render, screen } from '@testing-library/react'
import { Profiler, type ReactNode, StrictMode, useEffect, useState } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useFlow } from '../src/flow.js'
import { type Message, useLatest, useMessage, useWebSocket } from '../src/index.js'
import type { Socket } from '../src/socket.js'
import { useTopic } from '../src/topics.js'
import type { FlowSocket } from '../src/useWebSocket.js'
import { createFakeServer, flow, hello, id, joined, noop, sync } from './fake.js'
import { type Server, startServer } from './server.js'
import { until } from './until.js'

// Components as users write them, at the top of the file and pure, so that the React compiler takes all of them. Every
// test runs with and without it: what the compiler memoizes must not show.

const COUNT = 2_000

interface Props {
  source: string | Socket | null
}

function Destructured({ source }: Props) {
  const { status, attempt } = useWebSocket(source)
  return <p role="status">{`${status} ${attempt}`}</p>
}

function Property({ source }: Props) {
  const socket = useWebSocket(source)
  return (
    <p role="status">
      {socket.status} {socket.attempt}
    </p>
  )
}

/** Reads through a function that is no hook: the compiler sees nothing but the object. */
const describeSocket = (socket: FlowSocket) => `${socket.status} ${socket.attempt}`

function Whole({ source }: Props) {
  const socket = useWebSocket(source)
  return <p role="status">{describeSocket(socket)}</p>
}

function Label({ socket }: { socket: FlowSocket }) {
  return <p role="status">{`${socket.status} ${socket.attempt}`}</p>
}

function HandedOn({ source }: Props) {
  return <Label socket={useWebSocket(source)} />
}

function useLabel(source: Props['source']) {
  const socket = useWebSocket(source)
  return { label: `${socket.status} ${socket.attempt}` }
}

function ByHook({ source }: Props) {
  const { label } = useLabel(source)
  return <p role="status">{label}</p>
}

const STYLES = [
  ['by destructuring', Destructured],
  ['as properties', Property],
  ['by a function', Whole],
  ['by a child', HandedOn],
  ['by a hook', ByHook],
] as const

/** A socket in fake surroundings. */
function fakeSocket() {
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

/** Renders `children`, and counts how often React does. */
function counted(children: ReactNode) {
  const onRender = vi.fn()
  const wrapper = (props: { children: ReactNode }) => <Profiler id="test" onRender={onRender} {...props} />
  return { ...render(children, { wrapper }), renders: () => onRender.mock.calls.length }
}

const shown = () => screen.getByRole('status').textContent

it('has components that are compiled where the project says so', ({ task }) => {
  const isCompiled = task.file.projectName?.includes('compiled')

  for (const component of [Destructured, Property, Whole, Label, HandedOn, useLabel, ByHook])
    expect(/\$\[0\]/.test(`${component}`)).toBe(isCompiled)
})

describe.each(STYLES)('What is read %s', (_, Component) => {
  it('is never stale', () => {
    const { fake, socket, open } = fakeSocket()
    render(<Component source={socket} />)
    expect(shown()).toBe('connecting 0')

    open()
    expect(shown()).toBe('open 0')
    act(() => fake.last.drop())
    expect(shown()).toBe('waiting 1')
    act(() => fake.clock.advance(1_000))
    expect(shown()).toBe('connecting 1')
    act(() => fake.last.accept())

    expect(shown()).toBe('open 1')
  })

  it('is all that renders', () => {
    const { fake, socket, open } = fakeSocket()
    const { renders } = counted(<Component source={socket} />)
    open()
    const before = renders()

    act(() => {
      for (let n = 0; n < 100; n++) fake.last.message(flow(n, n + 1))
      fake.last.message({ type: '$gap', payload: {} })
    })
    expect(renders()).toBe(before)
    act(() => fake.last.drop())

    expect(renders()).toBe(before + 1)
    expect(shown()).toBe('waiting 1')
  })

  it('is of the source of the latest render', () => {
    const first = fakeSocket()
    const second = fakeSocket()
    const { rerender } = render(<Component source={first.socket} />, { wrapper: StrictMode })
    first.open()
    expect(shown()).toBe('open 0')

    rerender(<Component source={second.socket} />)
    expect(shown()).toBe('connecting 0')
    act(() => first.fake.last.drop())
    expect(shown()).toBe('connecting 0')
    second.open()
    expect(shown()).toBe('open 0')
    rerender(<Component source={null} />)

    expect(shown()).toBe('idle 0')
  })
})

function LateReader({ socket, isCurious }: { socket: Socket; isCurious: boolean }) {
  const shared = useWebSocket(socket)
  return <p role="status">{isCurious ? shared.continuity : 'nothing'}</p>
}

function LateLabel({ shared, isCurious }: { shared: FlowSocket; isCurious: boolean }) {
  return <p role="status">{isCurious ? shared.continuity : 'nothing'}</p>
}

function LateHandedOn({ socket, isCurious }: { socket: Socket; isCurious: boolean }) {
  return <LateLabel shared={useWebSocket(socket)} isCurious={isCurious} />
}

it.each([
  ['the component', LateReader],
  ['a child', LateHandedOn],
])('what %s reads only later is right at once, and from then on', (_, Component) => {
  const { fake, socket, open } = fakeSocket()
  const { rerender } = render(<Component socket={socket} isCurious={false} />)
  open()
  act(() => fake.last.message({ type: '$gap', payload: {} }))

  rerender(<Component socket={socket} isCurious={true} />)
  expect(shown()).toBe('gap')
  act(() => socket.resumeFrom(id(1)))

  expect(shown()).toBe('live')
})

function CuriousLabel({ socket }: { socket: FlowSocket }) {
  const [isCurious, setCurious] = useState(false)
  return (
    <button type="button" onClick={() => setCurious(true)}>
      {isCurious ? socket.continuity : 'nothing'}
    </button>
  )
}

function CuriousHandedOn({ source }: Props) {
  return <CuriousLabel socket={useWebSocket(source)} />
}

it('what a child reads only later, by a render of its own, is right at once, and from then on', () => {
  const { fake, socket, open } = fakeSocket()
  render(<CuriousHandedOn source={socket} />)
  const button = screen.getByRole('button')
  open()
  act(() => fake.last.message({ type: '$gap', payload: {} }))

  fireEvent.click(button)
  expect(button.textContent).toBe('gap')
  act(() => socket.resumeFrom(id(1)))

  expect(button.textContent).toBe('live')
})

it.each(STYLES)('a page from a server is taken over as it is, then up to date, read %s', (_, Component) => {
  const { socket, open } = fakeSocket()
  socket.subscribe(noop) // it is open already, for others
  open()
  const container = document.createElement('div')
  document.body.append(container)
  container.innerHTML = renderToString(<Component source={socket} />)
  expect(shown()).toBe('idle 0')

  render(<Component source={socket} />, { container, hydrate: true })

  expect(shown()).toBe('open 0')
})

interface Asking {
  socket: Socket
  answer: (text: string) => void
}

function Asker({ socket, answer }: Asking) {
  const shared = useWebSocket(socket)
  return (
    <button type="button" onClick={() => answer(shared.status)}>
      Ask
    </button>
  )
}

function AskerOfWhole({ socket, answer }: Asking) {
  const shared = useWebSocket(socket)
  return (
    <button type="button" onClick={() => answer(describeSocket(shared))}>
      Ask
    </button>
  )
}

it.each([
  ['read', Asker, 'open', 'waiting'],
  ['handed on', AskerOfWhole, 'open 0', 'waiting 1'],
])('what is %s only in the handler of a click is right when it is clicked', (_, Component, ...answers) => {
  const { fake, socket, open } = fakeSocket()
  const answer = vi.fn()
  render(<Component socket={socket} answer={answer} />)
  open()

  fireEvent.click(screen.getByRole('button'))
  act(() => fake.last.drop())
  fireEvent.click(screen.getByRole('button'))

  expect(answer.mock.calls.flat()).toEqual(answers)
})

function Sender({ socket, text }: { socket: Socket; text: string }) {
  const { sendMessage } = useWebSocket(socket)
  return (
    <button type="button" onClick={() => sendMessage('FLOW_STATUS', { ...flow(1).payload, nodeId: text })}>
      Send
    </button>
  )
}

it('sends what the latest render has', () => {
  const { fake, socket, open } = fakeSocket()
  const { rerender } = render(<Sender socket={socket} text="a" />)
  open()

  fireEvent.click(screen.getByRole('button'))
  rerender(<Sender socket={socket} text="b" />)
  fireEvent.click(screen.getByRole('button'))

  expect(fake.last.messages.map(({ payload }) => payload)).toMatchObject([{ nodeId: 'a' }, { nodeId: 'b' }])
})

type Hear = (text: string) => void

function Listener({ socket, name, hear }: { socket: Socket; name: string; hear: Hear }) {
  const [count, setCount] = useState(0)
  useMessage(socket, 'FLOW_STATUS', ({ flowId }) => hear(`${name} ${count} ${flowId}`))
  return (
    <button type="button" onClick={() => setCount((before) => before + 1)}>
      {count}
    </button>
  )
}

it('calls the handler of the latest render, and renders nothing', () => {
  const { fake, socket, open } = fakeSocket()
  const on = vi.spyOn(socket, 'on')
  const hear = vi.fn()
  const { renders, rerender } = counted(<Listener socket={socket} name="a" hear={hear} />)
  open()
  expect(renders()).toBe(1)
  act(() => fake.last.message(flow(1)))
  expect(renders()).toBe(1)

  fireEvent.click(screen.getByRole('button'))
  act(() => fake.last.message(flow(2)))
  rerender(<Listener socket={socket} name="b" hear={hear} />)
  act(() => fake.last.message(flow(3)))

  expect(hear.mock.calls.flat()).toEqual(['a 0 1', 'a 1 2', 'b 1 3'])
  expect(on).toHaveBeenCalledTimes(1)
})

function Followed({ socket }: { socket: Socket }) {
  const latest = useLatest(socket, 'FLOW_STATUS')
  const { status } = useFlow(socket, 1)
  const { isJoined } = useTopic(socket, 'b')
  return <p role="status">{`${latest?.payload.flowId} ${status} ${isJoined}`}</p>
}

it('shows what the other hooks return', () => {
  vi.useFakeTimers()
  const { fake, socket, open } = fakeSocket()
  const { unmount } = render(<Followed socket={socket} />, { wrapper: StrictMode })
  open()
  expect(shown()).toBe('undefined null false')

  act(() => fake.last.message(hello(id(1))))
  act(() => fake.last.message(flow(1, 2)))
  expect(shown()).toBe('1 STARTED false')
  act(() => [joined('b', 1, 2), flow(2, 3), sync(3)].forEach(fake.last.message, fake.last))

  expect(shown()).toBe('2 STARTED true')
  unmount()
  vi.runAllTimers() // it leaves the topic
  vi.useRealTimers()
})

type See = (message: Message | null) => void

function DestructuredReader({ source, see }: { source: string; see: See }) {
  const { lastMessage } = useWebSocket(source)
  useEffect(() => see(lastMessage), [lastMessage, see])
  return <p role="status">{lastMessage?.type === 'FLOW_STATUS' ? lastMessage.payload.flowId : 'none'}</p>
}

function PropertyReader({ source, see }: { source: string; see: See }) {
  const socket = useWebSocket(source)
  useEffect(() => see(socket.lastMessage), [socket, see])
  return (
    <p role="status">
      {socket.lastMessage?.type === 'FLOW_STATUS' ? socket.lastMessage.payload.flowId : 'none'}
    </p>
  )
}

describe('With a real server', () => {
  let server: Server

  beforeEach(async () => {
    server = await startServer()
  })

  afterEach(async () => {
    await server.stop()
  })

  it.each([
    ['by destructuring', DestructuredReader],
    ['as a property', PropertyReader],
  ])(`each of ${COUNT} messages of a burst is seen as lastMessage, read %s`, async (_, Reader) => {
    const seen = new Set<Message | null>()
    render(<Reader source={server.url} see={(message) => void seen.add(message)} />, { wrapper: StrictMode })
    await until(() => expect(server.open).toHaveLength(1))

    for (let n = 0; n < COUNT; n++) server.send(flow(n, n + 1))

    await until(() => expect(seen.size).toBe(COUNT + 1))
    expect([...seen]).toEqual([null, ...Array.from({ length: COUNT }, (_, n) => flow(n, n + 1))])
    expect(shown()).toBe(`${COUNT - 1}`)
  })

  it('all components have one connection under StrictMode, and none when they are gone', async () => {
    const { unmount } = render(
      STYLES.map(([name, Component]) => <Component key={name} source={server.url} />),
      { wrapper: StrictMode },
    )
    await until(() => expect(screen.getAllByText('open 0')).toHaveLength(STYLES.length))

    unmount()

    await until(() => expect(server.open).toHaveLength(0))
    expect(server.links).toHaveLength(1)
  })
})
