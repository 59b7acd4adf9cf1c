import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Options } from '../src/options.js'
import { type Params, withParams } from '../src/params.js'
import { createFakeServer, flow, flowsOf, noop } from './fake.js'

const settle = async () => {
  for (let n = 0; n < 5; n++) await Promise.resolve()
}

/** A socket that somebody listens to, its first connection asked for. */
async function connecting(params: () => Params | Promise<Params>, options: Options = {}) {
  const fake = createFakeServer()
  const socket = fake.socket({ WebSocket: withParams(params, fake.WebSocket), ...options })
  socket.on('*', noop)
  fake.clock.advance(0)
  await settle()
  return { fake, socket }
}

/** Promises that are kept when the test says so. */
function pending() {
  const asked: { resolve(params: Params): void; reject(error: unknown): void }[] = []
  const params = () => new Promise<Params>((resolve, reject) => asked.push({ resolve, reject }))
  return { asked, params }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('withParams()', () => {
  it.each([
    ['at once', () => ({ token: 'a&b', user: 'x' })],
    ['after a while', async () => ({ token: 'a&b', user: 'x' })],
  ])('adds what is given %s to the address', async (_, params) => {
    const { fake } = await connecting(params)

    expect(fake.last.url).toBe('ws://hub/ws?signal-hub=1&token=a%26b&user=x')
  })

  it('adds it to an address that is left alone otherwise, and nothing where nothing is given', async () => {
    const some = await connecting(() => ({ token: 't' }), { plain: true })
    const none = await connecting(() => ({}), { plain: true })

    expect(some.fake.last.url).toBe('ws://hub/ws?token=t')
    expect(none.fake.last.url).toBe('ws://hub/ws')
  })

  it('asks anew for every connection', async () => {
    let tokens = 0
    const { fake } = await connecting(async () => ({ token: `${++tokens}` }))
    fake.last.accept()

    fake.last.drop()
    fake.clock.advance(500)
    await settle()

    expect(fake.connections.map(({ url }) => new URL(url).searchParams.get('token'))).toEqual(['1', '2'])
  })

  it('is an ordinary connection once open', async () => {
    const { fake, socket } = await connecting(() => ({ token: 't' }), { protocols: ['p'] })
    const flows = flowsOf(socket)

    fake.last.accept()
    expect(socket.state.status).toBe('open')
    fake.last.message(flow(1))
    expect(socket.send('FLOW_STATUS', flow(2).payload)).toBe(true)
    expect(flows).toEqual([1])
    expect(fake.last.messages).toEqual([flow(2)])
    expect(fake.last.protocols).toEqual(['p'])
    socket.close()

    expect(fake.last.closedWith).toBe(1000)
  })

  it('keeps what is sent while it waits', async () => {
    const { asked, params } = pending()
    const { fake, socket } = await connecting(params)

    expect(socket.send('FLOW_STATUS', flow(1).payload)).toBe(true)
    asked[0]?.resolve({})
    await settle()
    fake.last.accept()

    expect(fake.last.messages).toEqual([flow(1)])
  })

  it.each([
    [
      'rejects',
      async () => {
        throw new Error('no token')
      },
    ],
    [
      'throws',
      () => {
        throw new Error('no token')
      },
    ],
  ])('that %s is a failed try: it says why, backs off, and asks again', async (_, params) => {
    const asked = vi.fn<() => Promise<Params>>(params)
    const { fake, socket } = await connecting(asked)
    fake.random = 1

    expect(fake.connections).toHaveLength(0)
    expect(socket.state).toMatchObject({
      status: 'waiting',
      attempt: 1,
      error: { code: 1006, reason: 'Error: no token' },
    })
    fake.clock.advance(500)
    await settle()
    expect(socket.state).toMatchObject({ attempt: 2, retryAt: 2_500 })

    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('that takes longer than connectTimeoutMs is a failed try, and its late answer opens nothing', async () => {
    const { asked, params } = pending()
    const { fake, socket } = await connecting(params)

    fake.clock.advance(10_000)
    expect(socket.state).toMatchObject({ status: 'waiting', error: { reason: 'silence' } })
    asked[0]?.resolve({ token: 'late' })
    await settle()

    expect(fake.connections).toHaveLength(0)
  })

  it('ignores the answer and the failure of a try that was superseded', async () => {
    const { asked, params } = pending()
    const { fake, socket } = await connecting(params)

    socket.reconnect()
    socket.reconnect()
    await settle()
    asked[0]?.resolve({ token: 'old' })
    asked[1]?.reject(new Error('old'))
    asked[2]?.resolve({ token: 'new' })
    await settle()

    expect(fake.connections.map(({ url }) => new URL(url).searchParams.get('token'))).toEqual(['new'])
    expect(socket.state).toMatchObject({ status: 'connecting', attempt: 0, error: null })
  })

  it('an address that cannot be opened is a failed try', async () => {
    const fake = createFakeServer()
    const socket = fake.socket({ WebSocket: withParams(() => ({}), fake.WebSocket) }, 'http://[')
    socket.on('*', noop)
    fake.clock.advance(0)
    await settle()

    expect(socket.state.status).toBe('waiting')
    expect(socket.state.error?.reason).toMatch(/Invalid URL/)
  })

  it('opens with the global class of that moment unless told otherwise', async () => {
    const fake = createFakeServer()
    const WithParams = withParams(() => ({ token: 't' }))
    vi.stubGlobal('WebSocket', fake.WebSocket)

    const link = new WithParams('ws://hub/ws')
    expect(link.readyState).toBe(0)
    expect(() => link.send('x')).not.toThrow()
    await settle()
    fake.last.accept()
    expect(link.readyState).toBe(1)
    expect(fake.last.url).toBe('ws://hub/ws?token=t')
    const early = new WithParams('ws://hub/ws')
    early.close()

    expect(early.readyState).toBe(3)
  })
})
