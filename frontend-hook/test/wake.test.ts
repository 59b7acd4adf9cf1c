import { describe, expect, it } from 'vitest'
import { createFakeServer, hello, id, noop, opened } from './fake.js'

/** A connection whose server promised a `$sync` every 10 s: it may be silent for 25 s. */
function watched() {
  const link = opened()
  link.fake.last.message(hello(id(1), false, { syncMs: 10_000 }))
  return link
}

/** A socket that waits for its next try. */
function waiting() {
  const link = opened()
  link.fake.last.drop()
  return link
}

describe('The return of a page', () => {
  it.each(['online', 'pageshow', 'visibilitychange'])('by %s: who waits tries at once', (type) => {
    const { fake, socket } = waiting()
    expect(socket.state.status).toBe('waiting')

    fake.dispatch(type)

    expect(fake.connections).toHaveLength(2)
    expect(socket.state).toMatchObject({ status: 'connecting', retryAt: null })
  })

  it.each(['online', 'visibilitychange'])('by %s is none while nobody sees it', (type) => {
    const { fake, socket } = waiting()
    fake.visible = false

    fake.dispatch(type)

    expect(fake.connections).toHaveLength(1)
    expect(socket.state.status).toBe('waiting')
  })

  it('brings back nothing that is closed for good', () => {
    const { fake, socket } = opened()
    socket.close()

    fake.dispatch('visibilitychange')

    expect(fake.connections).toHaveLength(1)
  })

  it('disturbs no connection that was heard of lately', () => {
    const { fake, socket } = watched()
    fake.clock.sleep(24_999)

    fake.dispatch('visibilitychange')
    fake.clock.advance(0)

    expect(fake.connections).toHaveLength(1)
    expect(socket.state.status).toBe('open')
  })

  it('disturbs no connection to a server that promised nothing', () => {
    const { fake, socket } = opened()
    fake.clock.sleep(3_600_000)

    fake.dispatch('visibilitychange')
    fake.clock.advance(60_000)

    expect(fake.connections).toHaveLength(1)
    expect(socket.state.status).toBe('open')
  })

  it('gives a connection that was silent for too long a second to show life, then replaces it at once', () => {
    const { fake, socket } = watched()
    fake.clock.sleep(3_600_000)

    fake.dispatch('visibilitychange')
    fake.clock.advance(999)
    expect(fake.connections).toHaveLength(1)
    fake.clock.advance(1)

    expect(fake.connections[0]?.closedWith).toBe(1000)
    expect(fake.connections).toHaveLength(2)
    expect(socket.state).toMatchObject({ status: 'connecting', attempt: 0, continuity: 'recovering' })
    expect(fake.last.url).toContain(`after=${id(1)}`)
  })

  it('keeps the connection if what came during sleep is delivered', () => {
    const { fake, socket } = watched()
    fake.clock.sleep(3_600_000)

    fake.dispatch('visibilitychange')
    fake.last.message({ type: '$sync', payload: { id: id(2) } })
    fake.clock.advance(24_999)

    expect(fake.connections).toHaveLength(1)
    expect(socket.state.status).toBe('open')
  })

  it('gives a connection that did not open before sleep another try', () => {
    const fake = createFakeServer()
    fake.socket().on('*', noop)
    fake.clock.advance(0)
    fake.clock.sleep(3_600_000)

    fake.dispatch('visibilitychange')
    fake.clock.advance(1_000)

    expect(fake.connections).toHaveLength(2)
  })
})

describe('Sleep that no event tells of', () => {
  it('is noticed by the wall clock within 5 s, not after what is left of the watch', () => {
    const { fake } = watched()
    fake.clock.advance(3_000)

    fake.clock.sleep(3_600_000)
    fake.clock.advance(2_000) // the next look
    expect(fake.connections).toHaveLength(1)
    fake.clock.advance(1_000) // no sign of life

    expect(fake.connections).toHaveLength(2)
  })

  it('counts as silence: one shorter than the watch takes only what is left', () => {
    const { fake, socket } = watched()

    fake.clock.sleep(22_000)
    fake.clock.advance(4_999)
    expect(socket.state.status).toBe('open')
    fake.clock.advance(1) // 27 s, the first look at the clock since

    expect(socket.state).toMatchObject({ status: 'waiting', error: { code: 1006, reason: 'silence' } })
  })
})

describe('A close just after a return', () => {
  it.each(['pageshow', 'visibilitychange', 'online'])(
    'by %s, as browsers tell of it that had stopped the page, is no wait',
    (type) => {
      const { fake, socket } = opened()
      fake.random = 1

      fake.dispatch(type)
      fake.clock.advance(999)
      fake.last.drop()
      expect(socket.state.retryAt).toBe(fake.clock.now)
      fake.clock.advance(0)

      expect(fake.connections).toHaveLength(2)
    },
  )

  it('a second later is one like any other', () => {
    const { fake, socket } = opened()
    fake.random = 1

    fake.dispatch('pageshow')
    fake.clock.advance(1_000)
    fake.last.drop()

    expect(socket.state.retryAt).toBe(fake.clock.now + 1_000)
  })

  it('is believed once per return', () => {
    const { fake, socket } = opened()
    fake.random = 1
    fake.dispatch('pageshow')
    fake.last.drop()
    fake.clock.advance(0)

    fake.last.drop()

    expect(socket.state.retryAt).toBe(fake.clock.now + 2_000)
  })

  it('of a page that nobody sees waits', () => {
    const { fake, socket } = opened()
    fake.random = 1
    fake.visible = false

    fake.dispatch('pageshow')
    fake.last.drop()

    expect(socket.state.retryAt).toBe(fake.clock.now + 1_000)
  })

  it('is final where the server says so, and waits as long as a $bye says', () => {
    const final = opened()
    final.fake.dispatch('pageshow')
    final.fake.last.drop(4003)
    expect(final.socket.state.status).toBe('closed')

    const { fake, socket } = watched()
    fake.last.message({ type: '$bye', payload: { retryAfterMs: 700 } })
    fake.dispatch('pageshow')
    fake.last.drop(1012)

    expect(socket.state.retryAt).toBe(fake.clock.now + 700)
  })
})

describe('The network', () => {
  const asks = { type: '$leave', payload: { topic: 'use-flow-socket/probe' } }

  it.each(['offline', 'online'])('by %s: a hub that does not answer within a second is left', (type) => {
    const { fake, socket } = watched()

    fake.dispatch(type)
    expect(fake.last.messages).toEqual([asks])
    fake.clock.advance(999)
    expect(socket.state.status).toBe('open')
    fake.clock.advance(1)

    expect(fake.connections[0]?.closedWith).toBe(1000)
    expect(fake.connections).toHaveLength(2)
    expect(socket.state).toMatchObject({ status: 'connecting', continuity: 'recovering' })
    expect(fake.last.url).toContain(`after=${id(1)}`)
  })

  it.each(['offline', 'online'])('by %s: a hub that answers stays, and is watched as before', (type) => {
    const { fake, socket } = watched()

    fake.dispatch(type)
    fake.clock.advance(999)
    fake.last.message({ type: '$left', payload: asks.payload })
    fake.clock.advance(24_999)
    expect(socket.state.status).toBe('open')
    expect(fake.connections).toHaveLength(1)
    fake.clock.advance(1)

    expect(socket.state.status).toBe('waiting')
  })

  it('is asked about for a second, also if the page is seen again meanwhile', () => {
    const { fake } = watched()

    fake.dispatch('online')
    fake.clock.advance(500)
    fake.dispatch('visibilitychange')
    fake.clock.advance(499)
    expect(fake.connections).toHaveLength(1)
    fake.clock.advance(1)

    expect(fake.connections).toHaveLength(2)
  })

  it('is asked about while nobody sees the page, too', () => {
    const { fake } = watched()
    fake.visible = false

    fake.dispatch('online')
    fake.clock.advance(1_000)

    expect(fake.connections).toHaveLength(2)
  })

  it('is asked about where the hub promised no $sync, and that stays unwatched', () => {
    const { fake, socket } = opened()
    fake.last.message(hello(id(1)))

    fake.dispatch('online')
    fake.last.message({ type: '$left', payload: asks.payload })
    fake.clock.advance(3_600_000)
    expect(socket.state.status).toBe('open')
    fake.dispatch('online')
    fake.clock.advance(1_000)

    expect(fake.connections).toHaveLength(2)
  })

  it('is none of a plain server: nothing is sent that it would not understand', () => {
    const { fake, socket } = opened()

    fake.dispatch('offline')
    fake.dispatch('online')
    fake.clock.advance(60_000)

    expect(fake.last.sent).toEqual([])
    expect(socket.state.status).toBe('open')
  })

  it('that is gone is no reason to try at once', () => {
    const { fake } = waiting()

    fake.dispatch('offline')

    expect(fake.connections).toHaveLength(1)
  })

  it('leaves alone a try that is in progress, unless its time went by during sleep', () => {
    const fake = createFakeServer()
    fake.socket().on('*', noop)
    fake.clock.advance(0)

    fake.dispatch('online')
    fake.clock.advance(9_999)
    expect(fake.connections).toHaveLength(1)
    fake.clock.sleep(3_600_000)
    fake.dispatch('online')
    fake.clock.advance(1_000)

    expect(fake.connections).toHaveLength(2)
  })
})

describe('probe()', () => {
  it('tries at once where it waits', () => {
    const { fake, socket } = waiting()

    socket.probe()

    expect(fake.connections).toHaveLength(2)
  })

  it('asks a hub, and leaves one that does not answer within a second', () => {
    const { fake, socket } = watched()

    socket.probe()
    fake.clock.advance(1_000)

    expect(fake.connections).toHaveLength(2)
  })

  it('does nothing where nobody listens, or all is over', () => {
    const fake = createFakeServer()
    const idle = fake.socket()
    const { socket: closed, fake: other } = watched()
    closed.close()

    idle.probe()
    closed.probe()
    fake.clock.advance(10_000)
    other.clock.advance(10_000)

    expect([idle.state.status, closed.state.status]).toEqual(['idle', 'closed'])
    expect([fake.connections.length, other.connections.length]).toEqual([0, 1])
  })
})
