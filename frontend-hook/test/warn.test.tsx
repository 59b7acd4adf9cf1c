import { act, render } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest'
import { createSocket, type Socket, useLatest, useMessage, useWebSocket } from '../src/index.js'
import { withParams } from '../src/params.js'
import { createFakeServer, type FakeServer } from '../src/testing.js'
import { useTopic } from '../src/topics.js'
import { flow, noop } from './fake.js'

let server: FakeServer
let warn: Mock<typeof console.warn>

beforeEach(() => {
  server = createFakeServer({ onConnect: (connection) => connection.accept() })
  vi.mocked(console.warn).mockRestore()
  warn = vi.spyOn(console, 'warn').mockReturnValue()
})

afterEach(() => {
  warn.mockClear() // or the set-up of all tests would complain
})

/** A socket that somebody listens to, as soon as it has tried to connect. */
function listened(url: string, options = {}) {
  const socket = server.socket(options, url)
  socket.on('*', noop)
  server.clock.advance(0)
  return socket
}

describe('A development build warns once', () => {
  it('where there is no WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined)

    listened('ws://hub/a', { WebSocket: undefined })
    listened('ws://hub/b', { WebSocket: undefined })

    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^use-flow-socket: there is no WebSocket here/)]])
  })

  it.each(['ws://[', 'ftp://hub/ws', 'ws://hub:port/ws'])('of the address %s, which cannot be one', (url) => {
    listened(url)
    listened(url)

    expect(warn.mock.calls).toEqual([
      [expect.stringContaining(`use-flow-socket: ${url} cannot be the address of a WebSocket`)],
    ])
  })

  it('of one that cannot be, where parameters are awaited before it is opened', async () => {
    const socket = listened('ws://[', { WebSocket: withParams(() => ({}), server.WebSocket) })

    await vi.waitFor(() => expect(socket.state.status).toBe('waiting'))

    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('use-flow-socket: ws://[ cannot be the address of a WebSocket')],
    ])
  })

  it.each([
    ['text', 'was text'],
    ['{"event":"news"}', 'was {"event":"news"}'],
    [new Uint8Array(3), 'was [object Uint8Array]'],
    ['x'.repeat(1_000), `was ${'x'.repeat(100)}`],
  ])('of messages that have another form: %s', (data, told) => {
    listened('ws://hub/ws')
    server.last.accept()

    for (let n = 0; n < 3; n++) server.last.onmessage?.({ data })

    expect(warn.mock.calls).toHaveLength(1)
    expect(warn.mock.calls[0]?.[0]).toMatch(/^use-flow-socket: ignored a message from ws:\/\/hub\/ws/)
    expect(warn.mock.calls[0]?.[0].endsWith(told)).toBe(true)
  })

  it.each([
    ['useWebSocket', (socket: Socket) => void useWebSocket(socket).status],
    ['useMessage', (socket: Socket) => useMessage(socket, 'FLOW_STATUS', noop)],
    ['useLatest', (socket: Socket) => void useLatest(socket, 'FLOW_STATUS')],
    ['useTopic', (socket: Socket) => void useTopic(socket, 'a')],
  ])('of a socket that is made while rendering, given to %s', (_, useIt) => {
    const steady = server.socket()
    let renders = 0
    let renderAnew = (_: number) => {}
    function Component() {
      const [, setCount] = useState(0)
      renderAnew = setCount
      renders++ // without an end to it, the page would hang
      useIt(renders < 30 ? createSocket('ws://hub/ws', { WebSocket: server.WebSocket }) : steady)
      return null
    }
    render(<Component />)

    while (renders < 30) act(() => renderAnew(renders))

    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^use-flow-socket: a component was given 5 new sockets of ws:\/\/hub\/ws/)],
    ])
  })

  it('not of components that are given another socket now and then, or one each', async () => {
    const sockets = Array.from({ length: 10 }, () => server.socket())
    const Component = ({ socket }: { socket: Socket }) => <p>{useWebSocket(socket).status}</p>
    const { rerender } = render(<Component socket={sockets[0] as Socket} />)
    for (const socket of sockets.slice(0, 4)) rerender(<Component socket={socket} />)
    for (const socket of sockets) {
      render(<Component socket={socket} />).unmount()
      await Promise.resolve()
    }

    expect(warn).not.toHaveBeenCalled()
  })

  it('not of what is said in another way already', () => {
    const socket = listened('ws://hub/ws')
    server.last.accept()
    server.last.message({ ...flow(1), error: { reason: 'SyntaxError' } })
    server.last.drop(4003, 'SyntaxError')

    expect(socket.state.status).toBe('closed')
    expect(warn).not.toHaveBeenCalled()
  })
})
