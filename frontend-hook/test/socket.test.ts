import { describe, expect, it, vi } from 'vitest'
import type { Options } from '../src/options.js'
import type { Socket } from '../src/socket.js'
import { createFakeServer, flow, flowsOf, gapsOf, hello, id, noop, opened } from './fake.js'

describe('Opening and closing', () => {
  it('touches nothing until somebody listens', () => {
    const fake = createFakeServer()

    const socket = fake.socket()

    fake.clock.advance(60_000)
    expect(fake.connections).toHaveLength(0)
    expect(fake.clock.pendingTimers).toBe(0)
    expect(socket.state.status).toBe('idle')
  })

  it('goes from idle over connecting to open, telling each', () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    const seen: string[] = []

    socket.subscribe(() => seen.push(socket.state.status))
    fake.clock.advance(0)
    expect(socket.state).toMatchObject({ status: 'connecting', isConnected: false })
    fake.last.accept()

    expect(socket.state).toMatchObject({ status: 'open', isConnected: true, error: null })
    expect([...new Set(seen)]).toEqual(['connecting', 'open'])
  })

  it('uses one connection for all listeners and closes it a moment after the last', () => {
    const { fake, socket, stop } = opened()
    const others = [socket.on('FLOW_STATUS', noop), socket.subscribe(noop), socket.on('$gap', noop)]

    stop()
    for (const other of others) other()
    fake.clock.advance(199)
    expect(fake.last.closedWith).toBeUndefined()
    fake.clock.advance(1)

    expect(fake.connections).toHaveLength(1)
    expect(fake.last.closedWith).toBe(1000)
    expect(socket.state.status).toBe('idle')
    expect(socket.lastId).toBeUndefined()
    expect(fake.clock.pendingTimers).toBe(0)
    expect(fake.pageListeners).toBe(0)
  })

  it('stays open when somebody comes back in time', () => {
    const { fake, socket, stop } = opened()

    stop()
    fake.clock.advance(150)
    socket.on('*', noop)
    fake.clock.advance(10_000)

    expect(fake.connections).toHaveLength(1)
    expect(socket.state.status).toBe('open')
  })

  it('opens anew when somebody comes back later', () => {
    const { fake, socket, stop } = opened({ lingerMs: 10 })
    stop()
    fake.clock.advance(10)

    socket.on('*', noop)
    fake.clock.advance(0)
    fake.last.accept()

    expect(fake.connections).toHaveLength(2)
    expect(socket.state.status).toBe('open')
  })

  it('gives up a try that takes longer than connectTimeoutMs', () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    socket.on('*', noop)
    fake.clock.advance(0)

    fake.clock.advance(9_999)
    expect(socket.state.status).toBe('connecting')
    fake.clock.advance(1)

    expect(fake.last.closedWith).toBe(1000)
    expect(socket.state).toMatchObject({
      status: 'waiting',
      error: { code: 1006, reason: 'silence' },
    })
  })

  it('is closed for good, with the reason, where the address is impossible', () => {
    const fake = createFakeServer()
    const socket = fake.socket({}, 'http://[')

    socket.on('*', noop)
    fake.clock.advance(0)

    expect(socket.state).toMatchObject({ status: 'closed', error: { code: 0 } })
    expect(socket.state.error?.reason).toMatch(/Invalid URL/)
    expect(fake.clock.pendingTimers).toBe(0)
  })

  it('is closed for good where there is no WebSocket', () => {
    const fake = createFakeServer()
    vi.stubGlobal('WebSocket', undefined)
    const socket = fake.socket({ WebSocket: undefined })

    socket.on('*', noop)
    fake.clock.advance(0)

    expect(socket.state).toMatchObject({ status: 'closed', error: { code: 0 } })
    vi.unstubAllGlobals()
  })

  it('close() is final until reconnect()', () => {
    const { fake, socket } = opened()

    socket.close()
    fake.clock.advance(120_000)
    expect(fake.connections).toHaveLength(1)
    expect(fake.last.closedWith).toBe(1000)
    expect(socket.state.status).toBe('closed')
    expect(socket.send('FLOW_STATUS', flow(1).payload)).toBe(false)
    socket.reconnect()
    fake.last.accept()

    expect(fake.connections).toHaveLength(2)
    expect(socket.state.status).toBe('open')
  })

  it('reconnect() replaces a live connection, whose events are ignored from then on', () => {
    const { fake, socket } = opened()
    const flows = flowsOf(socket)
    const old = fake.last

    socket.reconnect()
    old.message(flow(1))
    old.drop(4003)
    old.onopen?.()
    expect(socket.state.status).toBe('connecting')
    fake.last.accept()
    fake.last.message(flow(2))

    expect(fake.connections).toHaveLength(2)
    expect(flows).toEqual([2])
  })

  it('may be closed by who is told that it connects', () => {
    const { fake, socket } = opened()
    socket.subscribe(() => {
      if (socket.state.status === 'connecting') socket.close()
    })

    fake.last.drop()
    fake.clock.advance(60_000)

    expect(socket.state.status).toBe('closed')
    expect(fake.last.closedWith).toBe(1000)
    expect(fake.clock.pendingTimers).toBe(0)
  })

  it('may be closed by who is told that it connects for the first time', () => {
    const fake = createFakeServer()
    const socket = fake.socket()

    socket.subscribe(() => {
      if (socket.state.status === 'connecting') socket.close()
    })
    fake.clock.advance(60_000)

    expect(socket.state.status).toBe('closed')
    expect(fake.connections).toHaveLength(0)
  })

  it.each(['close', 'reconnect'] as const)('%s() by who is told of a gap forgets the greeting', (act) => {
    const { fake, socket } = opened()
    fake.last.message(hello(id(1)))
    fake.last.drop()
    fake.clock.advance(1_000)
    fake.last.accept()
    let isTold = false
    socket.subscribe(() => {
      if (socket.state.continuity !== 'gap' || isTold) return
      isTold = true
      socket[act]()
    })

    fake.last.message(hello(id(5, 2), false, { syncMs: 1_000 }))

    expect(isTold).toBe(true)
    expect(socket.hello).toBeUndefined()
    fake.clock.advance(9_000)
    expect(socket.state.status).toBe(act === 'close' ? 'closed' : 'connecting')
  })

  it('close() does nothing while nobody listens: who comes then is connected', () => {
    const fake = createFakeServer()
    const socket = fake.socket()

    socket.close()
    expect(socket.state.status).toBe('idle')
    socket.on('*', noop)
    fake.clock.advance(0)
    fake.last.accept()

    expect(socket.state.status).toBe('open')
  })

  it('reconnect() does nothing while nobody listens', () => {
    const fake = createFakeServer()

    fake.socket().reconnect()
    fake.clock.advance(1_000)

    expect(fake.connections).toHaveLength(0)
  })
})

describe('Address', () => {
  const addressOf = (url: string, options: Options = {}) => {
    const fake = createFakeServer()
    fake.socket(options, url).on('*', noop)
    fake.clock.advance(0)
    return fake.last.url
  }

  it.each([
    ['ws://hub/ws', 'ws://hub/ws?signal-hub=1'],
    ['http://hub/ws', 'ws://hub/ws?signal-hub=1'],
    ['https://hub/ws', 'wss://hub/ws?signal-hub=1'],
    ['wss://hub/ws?topic=flow:42&q=a%20b+c', 'wss://hub/ws?topic=flow:42&q=a%20b+c&signal-hub=1'],
    ['ws://hub/ws#part', 'ws://hub/ws?signal-hub=1'],
  ])('%s becomes %s', (given, expected) => {
    expect(addressOf(given)).toBe(expected)
  })

  it('resolves what is relative against the page', () => {
    vi.stubGlobal('location', { href: 'https://shop.example:8443/app/flows?x=1' })

    expect(addressOf('/ws')).toBe('wss://shop.example:8443/ws?signal-hub=1')
    expect(addressOf('ws')).toBe('wss://shop.example:8443/app/ws?signal-hub=1')

    vi.unstubAllGlobals()
  })

  it('is left alone with `plain`', () => {
    expect(addressOf('ws://hub/ws', { plain: true, after: id(1) })).toBe('ws://hub/ws')
  })

  it('names the point to start from', () => {
    expect(addressOf('ws://hub/ws', { after: id(7) })).toBe(`ws://hub/ws?signal-hub=1&after=${id(7)}`)
  })

  it('takes the parameters that are set before each connection', () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    let connections = 0
    socket.beforeConnect.add(() => {
      throw new Error('first')
    })
    socket.beforeConnect.add(() => {
      connections++
      socket.params.n = `${connections}`
    })
    socket.on('*', noop)
    fake.clock.advance(0)
    socket.reconnect()

    expect(fake.connections.map(({ url }) => url)).toEqual(
      [1, 2].map((n) => `ws://hub/ws?signal-hub=1&n=${n}`),
    )
    expect(fake.reported).toEqual([new Error('first'), new Error('first')])
  })

  it('offers subprotocols only when told to', () => {
    expect(opened().fake.last.protocols).toBeUndefined()
    expect(opened({ protocols: ['a'] }).fake.last.protocols).toEqual(['a'])
  })
})

describe('Receiving', () => {
  it.each(['', '$', '*', 'constructor'])('takes no message of type "%s" for a change of state', (type) => {
    const { fake, socket } = opened()
    const listener = vi.fn()
    socket.subscribe(listener)

    fake.last.message({ type, payload: {} })

    expect(listener).not.toHaveBeenCalled()
  })

  it('delivers every message, by type and to `*`, in order', () => {
    const { fake, socket } = opened()
    const flows = flowsOf(socket)
    const all: string[] = []
    socket.on('*', (_, message) => all.push(message.type))

    fake.last.message(flow(1))
    fake.last.message({ type: 'LEDGER_UPDATE', payload: {} })
    fake.last.message(flow(2))

    expect(flows).toEqual([1, 2])
    expect(all).toEqual(['FLOW_STATUS', 'LEDGER_UPDATE', 'FLOW_STATUS'])
  })

  it.each([
    '',
    'no json',
    '{',
    '[]',
    'null',
    '1',
    '"text"',
    'true',
    '{}',
    '{"type":1}',
    '{"type":""}',
    '{"type":null}',
  ])('ignores %j and tells the logger', (text) => {
    const logger = vi.fn()
    const { fake, socket } = opened({ logger })
    const handler = vi.fn()
    socket.on('*', handler)

    fake.last.message(text)

    expect(handler).not.toHaveBeenCalled()
    expect(logger).toHaveBeenCalledWith('ignored', text)
    expect(socket.state.status).toBe('open')
    expect(fake.reported).toEqual([])
  })

  it('ignores binary messages', () => {
    const logger = vi.fn()
    const { fake } = opened({ logger })
    const bytes = new Uint8Array([123, 125]).buffer

    fake.last.onmessage?.({ data: bytes })

    expect(logger).toHaveBeenLastCalledWith('ignored', bytes)
  })

  it('keeps a handler that throws from all others', () => {
    const { fake, socket } = opened()
    const bad = new Error('bad handler')
    socket.on('FLOW_STATUS', () => {
      throw bad
    })
    const flows = flowsOf(socket)

    fake.last.message(flow(1))
    fake.last.message(flow(2))

    expect(flows).toEqual([1, 2])
    expect(fake.reported).toEqual([bad, bad])
  })

  it('a handler removed by another gets nothing more; one added hears from the next message on', () => {
    const { fake, socket } = opened()
    const heard: string[] = []
    socket.on('FLOW_STATUS', () => {
      stop()
      if (!heard.length) socket.on('FLOW_STATUS', ({ flowId }) => heard.push(`added ${flowId}`))
    })
    const stop = socket.on('FLOW_STATUS', () => heard.push('removed'))

    fake.last.message(flow(1))
    expect(heard).toEqual([])
    fake.last.message(flow(2))

    expect(heard).toContain('added 2')
    expect(heard).not.toContain('removed')
  })

  it('the same function given twice is two listeners', () => {
    const { fake, socket } = opened()
    const handler = vi.fn()
    const stop = socket.on('FLOW_STATUS', handler)
    socket.on('FLOW_STATUS', handler)

    stop()
    stop()
    fake.last.message(flow(1))

    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('drops what it already has, by id', () => {
    const { fake, socket } = opened()
    const flows = flowsOf(socket)

    for (const offset of [1, 2, 2, 1, 3]) fake.last.message(flow(offset, offset))

    expect(flows).toEqual([1, 2, 3])
    expect(socket.lastId).toBe(id(3))
  })

  it('an offset counts only within its epoch, and an id of another form not at all', () => {
    const { fake, socket } = opened()
    const flows = flowsOf(socket)

    fake.last.message(flow(1, 9, 2))
    fake.last.message(flow(2, 1, 1)) // epochs are random: a later one may be less
    fake.last.message({ ...flow(3), id: '7' })
    fake.last.message({ ...flow(4), id: '7' })
    for (const odd of [`x${id(1)}`, `${id(1)}x`]) fake.last.message({ ...flow(5), id: odd })

    expect(flows).toEqual([1, 2, 3, 4, 5, 5])
    expect(socket.lastId).toBe(id(1))
  })

  it('never delivers messages of the protocol as application messages', () => {
    const { fake, socket } = opened()
    const handler = vi.fn()
    socket.on('*', handler)
    const bye = vi.fn()
    socket.on('$bye', bye)

    fake.last.message(hello(id(1)))
    fake.last.message({ type: '$sync', payload: { id: id(2) } })
    fake.last.message({ type: '$bye', payload: { reason: 'drain' } })
    fake.last.message({ type: '$unheard-of', payload: null })

    expect(handler).not.toHaveBeenCalled()
    expect(bye).toHaveBeenCalledWith({ reason: 'drain' }, { type: '$bye', payload: { reason: 'drain' } })
  })

  it.each(['$hello', '$sync', '$gap', '$bye'])('%s with a payload of any kind throws at nothing', (type) => {
    const { fake, socket } = opened()

    for (const payload of [
      undefined,
      null,
      1,
      'x',
      [],
      {},
      { id: 1, resumed: 'x', syncMs: -1, retryAfterMs: 'x' },
    ])
      expect(() => fake.last.message({ type, payload })).not.toThrow()

    expect(socket.state.status).toBe('open')
    expect(fake.reported).toEqual([])
  })
})

describe('Continuity', () => {
  it('resumes after the last message seen', () => {
    const { fake, socket } = opened()
    const flows = flowsOf(socket)
    const gaps = gapsOf(socket)
    fake.last.message(hello(id(10)))
    fake.last.message(flow(1, 11))

    fake.last.drop()
    expect(socket.state.continuity).toBe('recovering')
    fake.clock.advance(1_000)
    expect(fake.last.url).toBe(`ws://hub/ws?signal-hub=1&after=${id(11)}`)
    fake.last.accept()
    fake.last.message(hello(id(13), true))
    for (const offset of [11, 12, 13, 14]) fake.last.message(flow(offset - 10, offset))

    expect(socket.state.continuity).toBe('live')
    expect(flows).toEqual([1, 2, 3, 4])
    expect(gaps).toEqual([])
  })

  it('resumes after the greeting where no message came', () => {
    const { fake } = opened()
    fake.last.message(hello(id(10)))

    fake.last.drop()
    fake.clock.advance(1_000)

    expect(fake.last.url).toContain(`after=${id(10)}`)
  })

  it('$sync moves the point on, never back', () => {
    const { fake, socket } = opened()
    fake.last.message(flow(1, 5))

    fake.last.message({ type: '$sync', payload: { id: id(8) } })
    fake.last.message({ type: '$sync', payload: { id: id(6) } })

    expect(socket.lastId).toBe(id(8))
  })

  it('a restarted server is a gap, which it tells for each topic', () => {
    const { fake, socket } = opened()
    const gaps = gapsOf(socket)
    const flows = flowsOf(socket)
    fake.last.message(hello(id(10, 1)))

    fake.last.drop()
    fake.clock.advance(1_000)
    fake.last.accept()
    fake.last.message(hello(id(2, 2)))
    expect(socket.state.continuity).toBe('gap')
    fake.last.message({ type: '$gap', payload: { after: id(10, 1), next: id(3, 2) } })
    fake.last.message(flow(1, 3, 2))

    expect(gaps).toEqual([{ after: id(10, 1), next: id(3, 2) }])
    expect(flows).toEqual([1])
    expect(socket.lastId).toBe(id(3, 2))
  })

  it('what was evicted meanwhile is a gap; what was kept is delivered', () => {
    const { fake, socket } = opened()
    const flows = flowsOf(socket)
    fake.last.message(flow(1, 10))

    fake.last.drop()
    fake.clock.advance(1_000)
    fake.last.accept()
    fake.last.message(hello(id(10)))
    fake.last.message({ type: '$gap', payload: { topic: 'flow:42', after: id(10), next: id(15) } })
    fake.last.message(flow(2, 12))

    expect(flows).toEqual([1, 2])
    expect(socket.state.continuity).toBe('gap')
  })

  it('an `after` that the server cannot serve is a gap on the first connection too', () => {
    const { fake, socket } = opened({ after: id(3) })

    fake.last.message(hello(id(90)))

    expect(socket.state.continuity).toBe('gap')
    expect(socket.lastId).toBe(id(90))
  })

  it('a connection lost before the first greeting is a gap that no server can tell', () => {
    const { fake, socket } = opened()
    const onGap = vi.fn()
    socket.on('$gap', onGap)

    fake.last.drop()
    fake.clock.advance(1_000)
    fake.last.accept()
    fake.last.message(hello(id(7)))

    const payload = { next: id(7) }
    expect(onGap.mock.calls).toEqual([[payload, { type: '$gap', payload }]])
    expect(socket.state.continuity).toBe('gap')
  })

  it('the first connection without `after` is live', () => {
    const { fake, socket } = opened()
    const gaps = gapsOf(socket)

    fake.last.message(hello(id(90)))

    expect(gaps).toEqual([])
    expect(socket.state.continuity).toBe('live')
    expect(socket.lastId).toBe(id(90))
  })

  it('a $gap is told, and stays until resumeFrom() says that its messages are known', () => {
    const { fake, socket } = opened()
    const gaps = gapsOf(socket)
    const gap = { topic: 'flow:42', after: id(3), next: id(9) }

    fake.last.message({ type: '$gap', payload: gap })
    fake.last.message(flow(1, 10))
    expect(gaps).toEqual([gap])
    expect(socket.state.continuity).toBe('gap')
    socket.resumeFrom(id(9))

    expect(socket.state.continuity).toBe('live')
    expect(socket.lastId).toBe(id(10))
  })

  it('a resumed connection does not end a gap', () => {
    const { fake, socket } = opened()
    fake.last.message(hello(id(1)))
    fake.last.message({ type: '$gap', payload: {} })

    fake.last.drop()
    fake.clock.advance(1_000)
    fake.last.accept()
    fake.last.message(hello(id(1), true))

    expect(socket.state.continuity).toBe('gap')
  })

  it('a server that knows no resume: after a reconnect a gap, at its first message', () => {
    const { fake, socket } = opened()
    const gaps = gapsOf(socket)
    const flows = flowsOf(socket)
    fake.last.message(flow(1, 1))

    fake.last.drop()
    fake.clock.advance(1_000)
    fake.last.accept()
    expect(socket.state.continuity).toBe('recovering')
    fake.last.message(flow(2))
    fake.last.message(flow(3))

    expect(gaps).toEqual([{ after: id(1) }])
    expect(flows).toEqual([1, 2, 3])
    expect(socket.state.continuity).toBe('gap')
  })

  /** The connection is lost and the next one opens. */
  function comeBack(fake: ReturnType<typeof createFakeServer>) {
    fake.random = 0
    fake.last.drop()
    fake.clock.advance(0)
    fake.last.accept()
  }

  it('a server that knows no resume: a gap after every reconnect, though nobody said that the last has ended', () => {
    const { fake, socket } = opened()
    const gaps = gapsOf(socket)

    for (const n of [1, 2, 3]) {
      comeBack(fake)
      expect(socket.state.continuity).toBe(n === 1 ? 'recovering' : 'gap')
      fake.last.message(flow(n))
      fake.last.message(flow(n))
      expect(gaps).toHaveLength(n)
    }
  })

  it('a server that knows no resume: a snapshot from before a connection was lost ends no gap after it', () => {
    const { fake, socket } = opened()
    const gaps = gapsOf(socket)
    comeBack(fake)
    fake.last.message(flow(1))

    fake.last.drop()
    socket.resumeFrom('')
    expect(socket.state.continuity).toBe('recovering')
    fake.clock.advance(1_000)
    fake.last.accept()
    fake.last.message(flow(2))

    expect(gaps).toHaveLength(2)
    expect(socket.state.continuity).toBe('gap')
  })

  it('a server that gives no ids: the gap is over once it was told and the connection is stable', () => {
    const { fake, socket } = opened({ stableAfterMs: 3_000 })
    comeBack(fake)
    fake.clock.advance(1_000)
    fake.last.message(flow(1))
    fake.clock.advance(1_999)
    expect(socket.state).toMatchObject({ continuity: 'gap', attempt: 1 })
    fake.clock.advance(1)

    expect(socket.state).toMatchObject({ continuity: 'live', attempt: 0 })
    expect(fake.clock.pendingTimers).toBe(0)
  })

  it('a server that gives no ids: silent after a reconnect, the gap is told when it is stable, and over as long after', () => {
    const { fake, socket } = opened()
    const gaps = gapsOf(socket)
    comeBack(fake)

    fake.clock.advance(4_999)
    expect(gaps).toEqual([])
    fake.clock.advance(1)
    expect(gaps).toEqual([{}])
    expect(socket.state.continuity).toBe('gap')
    fake.clock.advance(5_000)
    expect(socket.state.continuity).toBe('live')
    fake.last.message(flow(1))

    expect(gaps).toEqual([{}])
    expect(socket.state.continuity).toBe('live')
  })

  it('a server that gives no ids: resumeFrom() ends the gap before', () => {
    const { fake, socket } = opened()
    comeBack(fake)
    fake.last.message(flow(1))

    socket.resumeFrom()

    expect(socket.state.continuity).toBe('live')
    expect(socket.lastId).toBeUndefined()
  })

  it('a server that gives ids: a gap stays, however long', () => {
    const { fake, socket } = opened()
    fake.last.message(hello(id(1)))
    fake.last.message({ type: '$gap', payload: {} })

    fake.clock.advance(3_600_000)

    expect(socket.state.continuity).toBe('gap')
  })

  it('a hub that greets later than a connection is stable is no gap', () => {
    const { fake, socket } = opened({ stableAfterMs: 10 })
    const gaps = gapsOf(socket)
    fake.last.message(hello(id(1)))
    comeBack(fake)
    fake.clock.advance(5_000)

    fake.last.message(hello(id(1), true))

    expect(gaps).toEqual([])
    expect(socket.state.continuity).toBe('live')
  })

  it('who begins after all have left misses nothing of what was lost before', () => {
    const { fake, socket, stop } = opened()
    fake.last.drop()
    stop()
    fake.clock.advance(200)
    const gaps = gapsOf(socket)
    fake.clock.advance(0)
    fake.last.accept()

    fake.last.message(flow(1))

    expect(gaps).toEqual([])
    expect(socket.state.continuity).toBe('live')
  })

  it('resumeFrom() while it connects begins anew: what it would get starts elsewhere', () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    socket.on('*', noop)
    fake.clock.advance(0)
    const [first] = fake.connections

    socket.resumeFrom(id(5))

    expect(first?.closedWith).toBe(1000)
    expect(fake.connections).toHaveLength(2)
    expect(fake.last.url).toBe(`ws://hub/ws?signal-hub=1&after=${id(5)}`)
    expect(socket.state).toMatchObject({ status: 'connecting', continuity: 'live' })
  })

  it('resumeFrom() sets where the next connection starts, unless the id is none', () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    socket.on('*', noop)

    socket.resumeFrom(id(5))
    socket.resumeFrom('5&evil=1')
    fake.clock.advance(0)

    expect(fake.last.url).toBe(`ws://hub/ws?signal-hub=1&after=${id(5)}`)
  })
})

describe('Sending', () => {
  it('sends both forms as JSON', () => {
    const { fake, socket } = opened()

    expect(socket.send('FLOW_STATUS', flow(1).payload)).toBe(true)
    expect(socket.send({ type: 'FLOW_STATUS', payload: flow(2).payload })).toBe(true)

    expect(fake.last.sent.map((text) => JSON.parse(text))).toEqual([flow(1), flow(2)])
  })

  it('keeps what is sent while there is no connection, in order, and says how much', () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    socket.on('*', noop)
    fake.clock.advance(0)

    for (const n of [1, 2, 3]) expect(socket.send('FLOW_STATUS', flow(n).payload)).toBe(true)
    expect(socket.state.queued).toBe(3)
    fake.last.accept()

    expect(fake.last.sent.map((text) => JSON.parse(text).payload.flowId)).toEqual([1, 2, 3])
    expect(socket.state.queued).toBe(0)
  })

  it('refuses what is above maxQueued and keeps the rest', () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    socket.on('*', noop)
    fake.clock.advance(0)

    const accepted = Array.from({ length: 101 }, (_, n) => socket.send('FLOW_STATUS', flow(n).payload))
    fake.last.accept()

    expect(accepted.indexOf(false)).toBe(100)
    expect(fake.last.sent).toHaveLength(100)
  })

  it('keeps what is sent while the connection is closing', () => {
    const { fake, socket } = opened()
    fake.last.readyState = 2

    expect(socket.send('FLOW_STATUS', flow(1).payload)).toBe(true)
    fake.last.drop()
    fake.clock.advance(1_000)
    fake.last.accept()

    expect(fake.last.sent).toHaveLength(1)
  })

  it('throws at the caller what JSON cannot express', () => {
    const { fake, socket } = opened()
    const cyclic: { payload?: unknown } = {}
    cyclic.payload = cyclic

    expect(() => socket.send(cyclic as never)).toThrow(TypeError)
    expect(fake.last.sent).toEqual([])
  })
})

describe('Reconnecting', () => {
  /** Ends the present connection and returns how long the socket waits. */
  const waitAfter = (fake: ReturnType<typeof createFakeServer>, socket: Socket, code = 1006) => {
    fake.last.drop(code)
    return (socket.state.retryAt ?? Number.NaN) - fake.clock.now
  }

  it('doubles the longest wait with every failure up to 30 s', () => {
    const { fake, socket } = opened()
    fake.random = 1

    const waits = Array.from({ length: 8 }, () => {
      const ms = waitAfter(fake, socket)
      fake.clock.advance(ms)
      return ms
    })

    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
    expect(fake.connections).toHaveLength(9)
  })

  it('a wait of nothing is one however often it was doubled', () => {
    const { fake, socket } = opened({ baseDelayMs: 0 })

    for (let n = 0; n < 1_026; n++) {
      fake.last.drop()
      expect(socket.state.retryAt).toBe(0)
      fake.clock.advance(0)
    }
  })

  it.each([0, 0.25, 0.999])('waits anything from nothing to that (chance %d)', (random) => {
    const { fake, socket } = opened()
    fake.random = random

    for (const longest of [1_000, 2_000, 4_000]) {
      const ms = waitAfter(fake, socket)
      expect(ms).toBeCloseTo(random * longest)
      fake.clock.advance(ms)
    }
  })

  it('connects when the wait is over, not before, and says meanwhile when that will be', () => {
    const { fake, socket } = opened()

    fake.last.drop(1006, 'gone')
    expect(socket.state).toMatchObject({
      status: 'waiting',
      isConnected: false,
      attempt: 1,
      retryAt: 500,
      error: { code: 1006, reason: 'gone' },
    })
    fake.clock.advance(499)
    expect(fake.connections).toHaveLength(1)
    fake.clock.advance(1)

    expect(fake.connections).toHaveLength(2)
    expect(socket.state).toMatchObject({ status: 'connecting', retryAt: null })
  })

  it('a server that accepts and drops at once sees growing waits', () => {
    const { fake, socket } = opened()
    fake.random = 1

    const waits = Array.from({ length: 4 }, () => {
      fake.clock.advance(4_999)
      const ms = waitAfter(fake, socket)
      fake.clock.advance(ms)
      fake.last.accept()
      return ms
    })

    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  it('starts over after a connection that lasted', () => {
    const { fake, socket } = opened()
    fake.random = 1
    for (let n = 0; n < 5; n++) fake.clock.advance(waitAfter(fake, socket))
    fake.last.accept()

    fake.clock.advance(5_000)

    expect(socket.state.attempt).toBe(0)
    expect(waitAfter(fake, socket)).toBe(1_000)
  })

  it.each([4000, 4002, 4003, 4099])('%d is final', (code) => {
    const { fake, socket } = opened()

    fake.last.drop(code, 'no')
    fake.clock.advance(120_000)

    expect(fake.connections).toHaveLength(1)
    expect(socket.state).toMatchObject({ status: 'closed', error: { code, reason: 'no' }, retryAt: null })
  })

  it.each([1000, 1001, 1005, 1006, 1009, 1011, 1012, 3999, 4100, 4101, 4199, 4300, 4999])(
    '%d backs off',
    (code) => {
      const { fake, socket } = opened()
      fake.random = 1

      expect(waitAfter(fake, socket, code)).toBe(1_000)
      expect(socket.state.status).toBe('waiting')
    },
  )

  it.each([4001, 4200, 4299])('%d comes back now, the first time', (code) => {
    const { fake, socket } = opened()
    fake.random = 1

    expect(waitAfter(fake, socket, code)).toBe(0)
    fake.clock.advance(0)
    fake.last.accept()

    expect(waitAfter(fake, socket, code)).toBe(2_000)
  })

  it('comes back each time that a credential ends after a connection that lasted', () => {
    const { fake, socket } = opened()
    const listener = vi.fn()
    socket.beforeConnect.add(listener) // fetches a fresh token

    for (let n = 0; n < 3; n++) {
      fake.clock.advance(5_000)
      expect(waitAfter(fake, socket, 4001)).toBe(0)
      expect(socket.state).toMatchObject({ status: 'waiting', error: { code: 4001 } })
      fake.clock.advance(0)
      fake.last.accept()
    }

    expect(listener).toHaveBeenCalledTimes(3)
    expect(socket.state).toMatchObject({ status: 'open', error: null })
  })

  it('does not storm a server that ends every credential at once', () => {
    const { fake, socket } = opened()
    fake.random = 1

    const waits = [0, 1, 2, 3, 4].map(() => {
      const ms = waitAfter(fake, socket, 4001)
      fake.clock.advance(ms)
      fake.last.accept()
      return ms
    })

    expect(waits).toEqual([0, 2_000, 4_000, 8_000, 16_000])
  })

  it('comes back when $bye says, and the time after as ever', () => {
    const { fake, socket } = opened()
    fake.random = 1
    fake.last.message({ type: '$bye', payload: { reason: 'restart', retryAfterMs: 7_321 } })

    expect(waitAfter(fake, socket, 1001)).toBe(7_321)
    fake.clock.advance(7_321)

    expect(waitAfter(fake, socket)).toBe(2_000)
  })

  it.each([[null], ['7321'], [[]], [{}], [true]])('a farewell with %j backs off as ever', (retryAfterMs) => {
    const { fake, socket } = opened()
    fake.random = 1
    fake.last.message({ type: '$bye', payload: { retryAfterMs } })

    expect(waitAfter(fake, socket, 1012)).toBe(1_000)
  })

  it('a $bye counts for more than a close code that says at once', () => {
    const { fake, socket } = opened()
    fake.last.message({ type: '$bye', payload: { retryAfterMs: 7_321 } })

    expect(waitAfter(fake, socket, 4200)).toBe(7_321)
  })

  it('a $bye of centuries does not come back at once', () => {
    const { fake } = opened()
    fake.last.message({ type: '$bye', payload: { retryAfterMs: 1e15 } })

    fake.last.drop(1001)
    fake.clock.advance(2e9 - 1)

    expect(fake.connections).toHaveLength(1)
  })

  it('without network it says so, goes on trying, and tries at once when the network is back', () => {
    const { fake, socket } = opened()
    fake.online = false
    fake.random = 1

    fake.last.drop()
    expect(socket.state.status).toBe('offline')
    fake.clock.advance(1_000)
    expect(fake.connections).toHaveLength(2)
    fake.last.drop()
    fake.online = true
    fake.dispatch('online')

    expect(fake.connections).toHaveLength(3)
    expect(socket.state.status).toBe('connecting')
  })

  it('a network that comes back disturbs no open connection', () => {
    const { fake } = opened()

    fake.dispatch('online')

    expect(fake.connections).toHaveLength(1)
  })

  it('a server that stops keeping its $sync is left after 2.5 times as long', () => {
    const { fake, socket } = opened()
    fake.last.message(hello(id(1), false, { syncMs: 10_000 }))
    fake.clock.advance(20_000)
    fake.last.message(flow(1, 2)) // any sign of life counts

    fake.clock.advance(24_999)
    expect(socket.state.status).toBe('open')
    fake.clock.advance(1)

    expect(socket.state).toMatchObject({ status: 'waiting', error: { code: 1006, reason: 'silence' } })
  })

  it.each([
    ['greets not at all', flow(1)],
    ['promises none', hello(id(1))],
    ['says never', hello(id(1), false, { syncMs: 0 })],
  ])('a server that %s may be silent', (_, message) => {
    const { fake, socket } = opened()

    fake.last.message(message)
    fake.clock.advance(3_600_000)

    expect(socket.state.status).toBe('open')
  })

  describe('between its opening and the greeting', () => {
    /** A connection that is open and says nothing, behind one that began with `first`. */
    const silent = (first: object, options = {}) => {
      const link = opened(options)
      link.fake.last.message(first)
      link.fake.last.drop()
      link.fake.dispatch('online') // which connects at once
      link.fake.clock.advance(4_000)
      link.fake.last.accept()
      return link
    }

    it('a hub that greeted before is left when the try has taken too long', () => {
      const { fake, socket } = silent(hello(id(1)))

      fake.clock.advance(5_999)
      expect(socket.state.status).toBe('open')
      fake.clock.advance(1)

      expect(socket.state).toMatchObject({ status: 'waiting', error: { code: 1006, reason: 'silence' } })
    })

    it.each([
      ['greets', hello(id(1))],
      ['says anything', flow(1)],
    ])('a hub that %s in time may be silent from then on', (_, message) => {
      const { fake, socket } = silent(hello(id(1)))

      fake.last.message(message)
      fake.clock.advance(3_600_000)

      expect(socket.state.status).toBe('open')
    })

    it.each([
      ['that never greeted', flow(1), {}],
      ['that is not asked to', hello(id(1)), { plain: true }],
    ])('a server %s may be silent', (_, first, options) => {
      const { fake, socket } = silent(first, options)

      fake.clock.advance(3_600_000)

      expect(fake.connections).toHaveLength(2)
      expect(socket.state.status).toBe('open')
    })

    it('what a handler of the first message does to the connection is not undone', () => {
      const { fake, socket } = silent(hello(id(1)))
      socket.on('$hello', () => socket.reconnect())

      fake.last.message(hello(id(1)))
      fake.clock.advance(9_999)
      expect(socket.state.status).toBe('connecting')
      fake.clock.advance(1)

      expect(socket.state.status).toBe('waiting')
    })
  })

  it('what a handler does to the connection is not undone by the watch over it', () => {
    const { fake, socket } = opened()
    socket.on('$hello', () => socket.close())

    fake.last.message(hello(id(1), false, { syncMs: 10 }))
    fake.clock.advance(60_000)

    expect(socket.state.status).toBe('closed')
  })
})

describe('Logger', () => {
  it('is told what is received and what becomes of the connection', () => {
    const told: unknown[] = []
    const { fake, socket, stop } = opened({ logger: (event, detail) => told.push([event, detail]) })
    const open = socket.state
    const greeting = { type: '$hello', payload: { id: id(1) } }

    fake.last.message(greeting)
    fake.last.message(flow(1, 2))
    fake.last.message(flow(1, 2)) // received before
    fake.last.drop(1006, 'gone')
    const waiting = socket.state
    stop()
    fake.clock.advance(200)

    expect(told).toEqual([
      ['connecting', expect.objectContaining({ status: 'connecting' })],
      ['open', open],
      ['message', greeting],
      ['message', flow(1, 2)],
      ['waiting', waiting],
      ['idle', socket.state],
    ])
  })

  it('that throws disturbs nothing', () => {
    const bad = new Error('bad logger')
    const { fake, socket } = opened({
      logger() {
        throw bad
      },
    })
    const flows = flowsOf(socket)

    fake.last.message(flow(1))

    expect(flows).toEqual([1])
    expect(new Set(fake.reported)).toEqual(new Set([bad]))
  })
})
