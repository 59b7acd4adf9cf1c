import { describe, expect, it } from 'vitest'
import { flow, flowsOf, gapsOf, hello, id, joined, opened, sync } from './fake.js'

/** The connection ends, and the next one opens. */
function cut({ fake }: ReturnType<typeof opened>) {
  fake.last.drop()
  fake.clock.advance(1_000)
  fake.last.accept()
}

/** What the present connection asks for, besides saying that it understands. */
const asked = ({ fake }: ReturnType<typeof opened>) => [...new URL(fake.last.url).searchParams].slice(1)

describe('A catch-up', () => {
  it('delivers what is older than the resume point, each once', () => {
    const { fake, socket } = opened()
    const flows = flowsOf(socket)
    fake.last.message(hello(id(10)))

    fake.last.message(joined('b', 3, 10))
    for (const offset of [3, 4, 6, 6, 4, 9]) fake.last.message(flow(offset, offset, 1, 'b'))
    fake.last.message(sync(10))
    for (const offset of [9, 10, 11]) fake.last.message(flow(offset, offset, 1, 'b'))

    expect(flows).toEqual([4, 6, 9, 11])
  })

  it('does not move the resume point, which is its upTo', () => {
    const { fake, socket } = opened()
    fake.last.message(hello(id(10)))

    fake.last.message(joined('b', 3, 12))
    fake.last.message(flow(1, 5, 1, 'b'))
    expect(socket.lastId).toBe(id(12))
    fake.last.message(sync(12))

    expect(socket.lastId).toBe(id(12))
  })

  it('compares what is of no topic or of another with the resume point', () => {
    const { fake, socket } = opened()
    const flows = flowsOf(socket)
    fake.last.message(hello(id(10)))
    fake.last.message(joined('b', 3, 10))

    fake.last.message(flow(1, 5))
    fake.last.message(flow(2, 6, 1, 'c'))
    fake.last.message(flow(3, 11))

    expect(flows).toEqual([3])
    expect(socket.lastId).toBe(id(11))
  })

  it('that is cut goes on where it was, and those that wait begin where they would have', () => {
    const link = opened()
    const { fake, socket } = link
    const flows = flowsOf(socket)
    const catchUps = { 'a b&c': id(1), ledger: id(2), orders: id(3) }
    const topics = Object.keys(catchUps)
    fake.last.message(hello(id(10), false, { topics, catchUps }))
    fake.last.message(joined('a b&c', 1, 10))
    fake.last.message(sync(10))
    fake.last.message(joined('ledger', 2, 10))
    fake.last.message(flow(5, 5, 1, 'ledger'))

    cut(link)
    expect(asked(link)).toEqual([
      ['after', id(10)],
      ['topic', `ledger@${id(5)}`],
      ['topic', `orders@${id(3)}`],
    ])
    fake.last.message(hello(id(10), true, { topics, catchUps: { ledger: id(5), orders: id(3) } }))
    fake.last.message(joined('ledger', 5, 10))
    fake.last.message(flow(6, 6, 1, 'ledger'))
    fake.last.message(sync(10))

    expect(flows).toEqual([5, 6])
    expect(socket.state.continuity).toBe('live')
  })

  it('is asked for in a way that any name survives', () => {
    const link = opened()
    link.fake.last.message(
      hello(id(10), false, { topics: ['ä&topic=x@#'], catchUps: { 'ä&topic=x@#': id(1) } }),
    )

    cut(link)

    expect(link.fake.last.url).toContain(`&topic=%C3%A4%26topic%3Dx%40%23%40${id(1)}`)
  })

  it('that never was greeted is asked for again', () => {
    const link = opened()
    link.fake.last.message(hello(id(10), false, { topics: ['b'], catchUps: { b: id(1) } }))

    cut(link)
    cut(link)

    expect(asked(link)).toEqual([
      ['after', id(10)],
      ['topic', `b@${id(1)}`],
    ])
  })

  it('is over with what the next greeting says: a hub that grants it no more is not asked again', () => {
    const link = opened()
    link.fake.last.message(hello(id(10), false, { topics: ['b'], catchUps: { b: id(1) } }))
    cut(link)

    link.fake.last.message(hello(id(10), true))
    cut(link)

    expect(asked(link)).toEqual([['after', id(10)]])
  })

  it('of a topic that the handshake did not name is left to who joined it', () => {
    const link = opened()
    const flows = flowsOf(link.socket)
    link.fake.last.message(hello(id(10)))
    link.fake.last.message(joined('b', 3, 10, 'ref'))
    link.fake.last.message(flow(4, 4, 1, 'b'))

    cut(link)
    link.fake.last.message(hello(id(10), true))
    link.fake.last.message(flow(5, 5, 1, 'b')) // no catch-up now: the resume point counts again

    expect(asked(link)).toEqual([['after', id(10)]])
    expect(flows).toEqual([4])
  })

  it('is forgotten where a snapshot says that all is known', () => {
    const link = opened()
    link.fake.last.message(hello(id(10), false, { topics: ['b'], catchUps: { b: id(1) } }))
    link.fake.last.drop()

    link.socket.resumeFrom(id(20))
    link.fake.clock.advance(1_000)

    expect(asked(link)).toEqual([['after', id(20)]])
  })

  it('tells its gaps like any other', () => {
    const { fake, socket } = opened()
    const gaps = gapsOf(socket)
    fake.last.message(hello(id(10)))
    fake.last.message(joined('b', 1, 10))

    fake.last.message({ type: '$gap', payload: { topic: 'b', after: id(1), next: id(4) } })

    expect(gaps).toEqual([{ topic: 'b', after: id(1), next: id(4) }])
    expect(socket.state.continuity).toBe('gap')
  })

  it('of a compacted topic may begin with a reset, which is told and no lasting gap', () => {
    const { fake, socket } = opened()
    const gaps = gapsOf(socket)
    fake.last.message(hello(id(10)))

    fake.last.message({ type: '$gap', payload: { topic: 'table', after: id(1), next: id(10), reset: true } })

    expect(gaps).toHaveLength(1)
    expect(socket.state.continuity).toBe('live')
  })

  it.each([
    ['$joined', undefined],
    ['$joined', { topic: 1, after: 2, upTo: 3 }],
    ['$joined', { topic: 'b', after: 5, upTo: [] }],
    ['$hello', { catchUps: 7 }],
    ['$hello', { catchUps: 'xy' }],
    ['$hello', { catchUps: { b: 7 } }],
    ['$hello', { catchUps: [null] }],
    ['$hello', { topics: 7, catchUps: { b: id(7) } }],
    ['$gap', { reset: true }],
    ['$gap', { topic: 'b', next: 7, reset: true }],
  ])('%s %j throws at nothing, and every message is delivered', (type, payload) => {
    const { fake, socket } = opened()
    const flows = flowsOf(socket)

    fake.last.message({ type, payload })
    fake.last.message(joined('b', 0, 0))
    for (const offset of [1, 2]) fake.last.message(flow(offset, offset, 1, 'b'))

    expect(flows).toEqual([1, 2])
    expect(fake.reported).toEqual([])
  })
})

describe('A reset', () => {
  const reset = (topic: string, after: number, next: number) => ({
    type: '$gap',
    payload: { topic, after: id(after), next: id(next), reset: true },
  })

  /** A connection that follows the table `k`; its resume point is 10. */
  const following = (more: object = {}) => {
    const link = opened()
    const flows = flowsOf(link.socket)
    const say = (...messages: object[]) => {
      for (const message of messages) link.fake.last.message(message)
    }
    const row = (offset: number) => flow(offset, offset, 1, 'k')
    say(hello(id(10), false, { topics: ['j', 'k'], ...more }))
    return { ...link, flows, say, row }
  }

  it('of who came back too late is followed by the state, which lies before what was asked for', () => {
    const { flows, say, row } = following({ catchUps: { k: id(6) } })

    say(reset('k', 6, 8), joined('k', 0, 10), row(3), row(6), row(9), sync(10), row(11))

    expect(flows).toEqual([3, 6, 9, 11])
  })

  it('in the middle of a catch-up is followed by the state from its beginning', () => {
    const { flows, say, row } = following({ catchUps: { k: id(0) } })

    say(joined('k', 0, 10), row(3), row(6), reset('k', 6, 12), row(3), row(6), row(6), sync(10), row(12))

    expect(flows).toEqual([3, 6, 3, 6, 12])
  })

  it('concerns its own topic alone', () => {
    const { flows, say, row } = following({ catchUps: { k: id(0) } })

    say(joined('k', 0, 10), row(3), reset('j', 6, 12), row(3), flow(9, 9))

    expect(flows).toEqual([3])
  })

  const before = { catchUps: { k: id(6) } } // the reconnection came too late
  const anew = { catchUps: { k: id(0) } }
  const row3 = flow(3, 3, 1, 'k')
  it.each([
    ['before its catch-up begins', before, [reset('k', 6, 8)], 0], // the next node may not know of the reset
    ['after the beginning of its catch-up', before, [reset('k', 6, 8), joined('k', 0, 10)], 0],
    ['after its first row', before, [reset('k', 6, 8), joined('k', 0, 10), row3], 3],
    ['after one in the middle', anew, [joined('k', 0, 10), row3, reset('k', 3, 12)], 0],
    ['after one in the middle and a row', anew, [joined('k', 0, 10), row3, reset('k', 3, 12), row3], 3],
    ['after one of a slow reader', {}, [reset('k', 10, 12), joined('k', 0, 10)], 0],
    ['in the catch-up of a slow reader that skipped', {}, [joined('k', 4, 10), flow(7, 7, 1, 'k')], 7],
  ])('loses nothing if the connection is cut %s', (_, greeting, messages, start) => {
    const link = following(greeting)

    link.say(...messages)
    cut(link)

    expect(asked(link)).toEqual([
      ['after', id(10)],
      ['topic', `k@${id(start)}`],
    ])
  })

  it('leaves nothing to ask for when its catch-up is over', () => {
    const link = following()

    link.say(reset('k', 10, 12), joined('k', 0, 10), row3, sync(10))
    cut(link)

    expect(asked(link)).toEqual([['after', id(10)]])
  })

  it('followed by a beginning that is no id lets everything through', () => {
    const { flows, say, row } = following({ catchUps: { k: id(6) } })

    say({ type: '$joined', payload: { topic: 'k', after: 'x', upTo: id(10) } }, row(3), row(3), row(6))

    expect(flows).toEqual([3, 6])
  })
})

describe('The greeting', () => {
  it('is at hand while its connection lasts', () => {
    const link = opened()
    const greeting = hello(id(1), false, { topics: ['a'] })
    expect(link.socket.hello).toBeUndefined()

    link.fake.last.message(greeting)
    expect(link.socket.hello).toEqual(greeting.payload)
    cut(link)

    expect(link.socket.hello).toBeUndefined()
  })
})

describe('Parameters', () => {
  it('go into every address opened from then on', () => {
    const link = opened()

    link.socket.params.token = 'a&b'
    expect(asked(link)).toEqual([])
    cut(link)

    expect(asked(link)).toEqual([['token', 'a&b']])
  })
})

describe('transmit()', () => {
  it('hands text to an open connection, now or never', () => {
    const { fake, socket } = opened()

    expect(socket.transmit('a')).toBe(true)
    fake.last.readyState = 2
    expect(socket.transmit('b')).toBe(false)
    fake.last.drop()
    expect(socket.transmit('c')).toBe(false)
    fake.clock.advance(1_000)
    expect(socket.transmit('d')).toBe(false)
    fake.last.accept()

    expect(fake.connections.map((connection) => connection.sent)).toEqual([['a'], []])
  })
})
