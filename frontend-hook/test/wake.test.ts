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
