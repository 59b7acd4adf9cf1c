import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { flow, hello, id, joined, sync } from './fake.js'
import { type Server, startServer } from './server.js'
import { until } from './until.js'

/** A client of the wire protocol, whichever it is. */
export interface ProtocolClient {
  /** The flows that it was told of, in order. */
  readonly flows: number[]
  readonly gaps: unknown[]
  /** Codes of what was refused besides messages. */
  readonly errors: string[]
  join(topic: string, after?: string): void
  leave(topic: string): void
  /** Sends a message about a flow, acknowledged; rejects with an error that has a code. */
  send(flowId: number): Promise<void>
  /** Sends a request, and resolves with its answer. */
  ask(question: string): Promise<unknown>
  stop(): void
}

/** The longest that a client may wait before it comes back for the first time. */
export const LONGEST_FIRST_WAIT_MS = 5

/** Starts a client that waits no longer than that. */
export type Start = (url: string, after?: string) => ProtocolClient

const gapOf = (topic: string | undefined, after: string, next: string, reset?: boolean) => ({
  type: '$gap',
  payload: { topic, after, next, reset },
})

/** The duties of every client (docs/protocol). A server that follows a script checks them. */
export function describeProtocol(name: string, start: Start) {
  describe(`${name}, before a server with a script,`, () => {
    let server: Server
    let client: ProtocolClient

    beforeEach(async () => {
      server = await startServer()
    })

    afterEach(async () => {
      client.stop()
      await server.stop()
    })

    /** Waits for the `nth` connection, and greets it. */
    const greet = async (nth: number, greeting: object) => {
      await until(() => expect(server.links).toHaveLength(nth))
      server.send(greeting)
      return new URL(server.paths[nth - 1] ?? '', 'ws://hub').searchParams
    }
    const say = (...messages: object[]) => messages.forEach((message) => void server.send(message))
    const cut = () => server.links.at(-1)?.terminate()
    /** Waits for `count` texts in all, and returns the last. */
    const heard = async (count: number) => {
      await until(() => expect(server.texts.length).toBeGreaterThanOrEqual(count))
      expect(server.texts).toHaveLength(count)
      return JSON.parse(server.texts[count - 1] ?? '')
    }
    /** Waits until the client has handled all that was said; fails if its connection ends before. */
    const received = () =>
      new Promise<unknown>((resolve, reject) => {
        const closed = () => reject(new Error('expected an answer to a ping, but the connection was closed'))
        server.links.at(-1)?.once('pong', resolve).once('close', closed).ping()
      })
    const seen = (...flows: number[]) => until(() => expect(client.flows).toEqual(flows))

    it('resumes where it was: nothing lost, nothing twice', async () => {
      client = start(`${server.url}?topic=b`, id(1))
      const first = await greet(1, hello(id(1), true, { topics: ['b'] }))
      expect(Object.fromEntries(first)).toMatchObject({ topic: 'b', 'signal-hub': '1', after: id(1) })
      say(flow(2, 2), flow(3, 3, 1, 'b'))
      await seen(2, 3)
      cut()

      const second = await greet(2, hello(id(3), true, { topics: ['b'] }))
      say(flow(3, 3, 1, 'b'), flow(4, 4))

      await seen(2, 3, 4)
      expect(second.get('after')).toBe(id(3))
      expect(client.gaps).toEqual([])
    })

    it('begins where the greeting says, and goes on behind $sync', async () => {
      client = start(server.url)
      const first = await greet(1, hello(id(7)))
      cut()
      const second = await greet(2, hello(id(7), true))
      say(sync(9), flow(10, 10))
      await seen(10)
      say(sync(12), flow(13, 13))
      await seen(10, 13)
      cut()

      const third = await greet(3, hello(id(13), true))

      expect([first, second, third].map((query) => query.get('after'))).toEqual([null, id(7), id(13)])
    })

    it('goes on with a catch-up that was cut, and with those that waited', async () => {
      client = start(`${server.url}?topic=a&topic=b`, id(10))
      await greet(1, hello(id(10), true, { topics: ['a', 'b'], catchUps: { a: id(1), b: id(2) } }))
      say(joined('a', 1, 10), flow(3, 3, 1, 'a'), flow(5, 5, 1, 'a'))
      await seen(3, 5)
      cut()

      const query = await greet(
        2,
        hello(id(10), true, { catchUps: { a: id(5), b: id(2) }, topics: ['a', 'b'] }),
      )
      expect(query.getAll('topic')).toEqual(['a', 'b', `a@${id(5)}`, `b@${id(2)}`])
      expect(query.get('after')).toBe(id(10))
      say(joined('a', 5, 10), flow(5, 5, 1, 'a'), flow(7, 7, 1, 'a'), sync(10))
      say(joined('b', 2, 10), flow(4, 4, 1, 'b'), sync(10), flow(11, 11))
      await seen(3, 5, 7, 4, 11)
      cut()

      const last = await greet(3, hello(id(11), true))
      expect(last.getAll('topic')).toEqual(['a', 'b'])
    })

    it('asks for the state of a topic until the topic begins, while others go on', async () => {
      client = start(`${server.url}?topic=b`)
      await greet(1, hello(id(1), false, { topics: ['b'], catchUps: { b: id(0) } }))
      say(flow(2, 2), sync(5))
      await seen(2)
      await received()
      cut()

      const again = await greet(2, hello(id(5), true, { topics: ['b'], catchUps: { b: id(0) } }))
      expect(again.getAll('topic')).toEqual(['b', `b@${id(0)}`])
      expect(again.get('after')).toBe(id(5))
      say(flow(6, 9), joined('b', 5, 9), flow(7, 7, 1, 'b')) // the state, of offset 9, and then the topic
      await seen(2, 6, 7)
      cut()

      const then = await greet(3, hello(id(9), true, { topics: ['b'], catchUps: { b: id(7) } }))
      expect(then.getAll('topic')).toEqual(['b', `b@${id(7)}`])
      say(joined('b', 7, 9), flow(8, 8, 1, 'b'), sync(9), flow(10, 10, 1, 'b'))
      await seen(2, 6, 7, 8, 10)
      cut()

      const last = await greet(4, hello(id(10), true, { topics: ['b'] }))
      expect(last.getAll('topic')).toEqual(['b'])
    })

    it('forgets how far it got in a topic that is reset, also when the connection is cut then', async () => {
      client = start(`${server.url}?topic=b`, id(10))
      await greet(1, hello(id(10), false, { topics: ['b'], catchUps: { b: id(6) } }))
      say(gapOf('b', id(6), id(8), true), joined('b', 0, 10), flow(3, 3, 1, 'b'), flow(5, 5, 1, 'b'))
      say(gapOf('b', id(5), id(12), true), flow(3, 3, 1, 'b'))
      await seen(3, 5, 3)
      say(gapOf('b', id(3), id(13), true))
      await until(() => expect(client.gaps).toHaveLength(3))
      cut()

      const query = await greet(2, hello(id(10), true, { topics: ['b'], catchUps: { b: id(0) } }))
      say(joined('b', 0, 10), flow(5, 5, 1, 'b'), sync(10))

      await seen(3, 5, 3, 5)
      expect(query.getAll('topic')).toEqual(['b', `b@${id(0)}`])
    })

    it('asks for a topic from its beginning if the connection is cut before the state of a reset comes', async () => {
      client = start(`${server.url}?topic=b&topic=c`, id(10))
      await greet(1, hello(id(10), true, { topics: ['b', 'c'] }))
      client.join('j')
      const { ref } = (await heard(1)).payload
      say(joined('j', 10, 10, ref), sync(10), flow(11, 11, 1, 'j'), flow(12, 12, 1, 'b'))
      await seen(11, 12)
      say(
        gapOf('b', id(12), id(20), true),
        gapOf('c', id(12), id(20), true),
        gapOf('j', id(11), id(20), true),
      )
      say(joined('c', 0, 20), flow(15, 15, 1, 'c'), sync(20)) // another node does not know of the others
      await seen(11, 12, 15)
      await received()
      cut()

      const query = await greet(2, hello(id(20), true, { topics: ['b', 'c'], catchUps: { b: id(0) } }))
      const again = await heard(2)
      expect(query.getAll('topic')).toEqual(['b', 'c', `b@${id(0)}`])
      expect(again).toMatchObject({ type: '$join', payload: { topic: 'j', after: id(0) } })
      say(joined('b', 0, 20), flow(13, 13, 1, 'b'), sync(20), joined('j', 0, 20, again.payload.ref))
      say(flow(14, 14, 1, 'j'), gapOf('j', id(14), id(21), true), flow(9, 9, 1, 'j')) // in its midst: it goes on
      await seen(11, 12, 15, 13, 14, 9)
      cut()

      const then = await greet(3, hello(id(20), true, { topics: ['b', 'c'] }))
      expect(then.getAll('topic')).toEqual(['b', 'c'])
      expect((await heard(3)).payload.after).toBe(id(9))
    })

    it('goes on with a catch-up that nobody asked for', async () => {
      client = start(`${server.url}?topic=b`, id(1))
      await greet(1, hello(id(1), true, { topics: ['b'] }))
      say(joined('b', 4, 10), flow(7, 7, 1, 'b')) // it read too slowly
      await seen(7)
      cut()

      const query = await greet(2, hello(id(10), true, { topics: ['b'], catchUps: { b: id(7) } }))

      expect(query.getAll('topic')).toEqual(['b', `b@${id(7)}`])
    })

    it('does not ask the handshake for what the server joined it to', async () => {
      client = start(server.url)
      await greet(1, hello(id(10)))
      say(joined('b', 4, 10), flow(7, 7, 1, 'b'))
      await seen(7)
      cut()

      const query = await greet(2, hello(id(10), true))

      expect(query.has('topic')).toBe(false)
    })

    it('joins, rejoins after a cut behind what it has, and leaves', async () => {
      client = start(server.url)
      await greet(1, hello(id(10)))
      client.join('b', id(4))
      const join = await heard(1)
      expect(join).toMatchObject({ type: '$join', payload: { topic: 'b', after: id(4) } })
      say(joined('b', 4, 10, join.payload.ref), flow(5, 5, 1, 'b'), flow(6, 6, 1, 'b'))
      await seen(5, 6)
      cut()

      const query = await greet(2, hello(id(10), true))
      const again = await heard(2)
      expect(query.has('topic')).toBe(false) // the handshake hook need not allow what the join hook does
      expect(again).toMatchObject({ type: '$join', payload: { topic: 'b', after: id(6) } })
      say(flow(12, 12), joined('b', 6, 12, again.payload.ref))
      say(flow(6, 6, 1, 'b'), flow(9, 9, 1, 'b'), sync(12), flow(13, 13, 1, 'b'))
      await seen(5, 6, 12, 9, 13)
      cut()

      await greet(3, hello(id(13), true))
      expect((await heard(3)).payload.after).toBe(id(13))
      client.leave('b')
      expect(await heard(4)).toMatchObject({ type: '$leave', payload: { topic: 'b' } })
      cut()
      await greet(4, hello(id(13), true))
      say(flow(14, 14))
      await seen(5, 6, 12, 9, 13, 14)

      expect(server.texts).toHaveLength(4)
      expect(client.gaps).toEqual([])
    })

    it('does not join what the address names', async () => {
      client = start(`${server.url}?topic=b`)
      client.join('b')
      await greet(1, hello(id(1), false, { topics: ['b'] }))
      say(flow(2, 2))
      await seen(2)

      expect(server.texts).toEqual([])
    })

    it('tells of a topic that it may not join', async () => {
      client = start(server.url)
      await greet(1, hello(id(1)))
      client.join('b')
      const { ref } = (await heard(1)).payload

      say({ type: '$error', payload: { ref, code: 'forbidden', reason: 'not yours' } })

      await until(() => expect(client.errors).toEqual(['forbidden']))
    })

    it('sends again what was not answered, once per return, within one session', async () => {
      client = start(server.url)
      const first = await greet(1, hello(id(1)))
      const answers = [client.send(1), client.send(2)]
      await heard(2)
      const refs = server.texts.map((text) => JSON.parse(text).ref)
      say({ type: '$ack', payload: { ref: refs[0] } })
      await answers[0]
      cut()

      const second = await greet(2, hello(id(1), true))
      expect(await heard(3)).toEqual(JSON.parse(server.texts[1] ?? ''))
      say({ type: '$ack', payload: { ref: refs[1] } })
      await answers[1]

      expect(first.get('session')).toMatch(/^[\da-f]{32}$/)
      expect(second.get('session')).toBe(first.get('session'))
      expect(new Set(refs).size).toBe(2)
    })

    it('gets the answer to a request, also after a return', async () => {
      client = start(server.url)
      await greet(1, hello(id(1)))
      const answers = [client.ask('now'), client.ask('later')]
      await heard(2)
      const asked = server.texts.map((text) => JSON.parse(text))
      say({ type: '$ack', payload: { ref: asked[0].ref, answer: { price: 3.5 } } })
      expect(await answers[0]).toEqual({ price: 3.5 })
      cut()

      await greet(2, hello(id(1), true))
      expect(await heard(3)).toEqual(asked[1])
      say({ type: '$ack', payload: { ref: asked[1].ref, answer: null } })

      expect(await answers[1]).toBeNull()
      expect(asked.map(({ type, payload }) => [type, payload])).toEqual([
        ['ASK', { question: 'now' }],
        ['ASK', { question: 'later' }],
      ])
    })

    it('rejects what the server refuses', async () => {
      client = start(server.url)
      await greet(1, hello(id(1)))
      const refusal = expect(client.send(1)).rejects.toMatchObject({ code: 'refused' })
      const { ref } = await heard(1)

      say({ type: '$error', payload: { ref, code: 'refused', reason: 'no' } })

      await refusal
    })

    it('after a restart of the server tells the gap, and sends nothing twice', async () => {
      client = start(server.url, id(5))
      await greet(1, hello(id(5), true))
      const unknown = expect(client.send(1)).rejects.toMatchObject({ code: 'unknown' })
      await heard(1)
      cut()

      await greet(2, hello(id(1, 2)))
      say(gapOf(undefined, id(5), id(2, 2)), flow(2, 2, 2))

      await unknown
      await seen(2)
      expect(client.gaps).toEqual([{ after: id(5), next: id(2, 2) }])
      expect(server.texts).toHaveLength(1)
    })

    it('tells a reset like any gap', async () => {
      client = start(server.url, id(5))
      await greet(1, hello(id(5), true))

      say(gapOf('table', id(1), id(5), true))

      await until(() =>
        expect(client.gaps).toEqual([{ topic: 'table', after: id(1), next: id(5), reset: true }]),
      )
    })

    it('comes back when $bye says', async () => {
      client = start(server.url)
      await greet(1, hello(id(1)))
      say({ type: '$bye', payload: { reason: 'restart', retryAfterMs: 150 } })
      const from = performance.now()
      server.links[0]?.close(1012)

      await greet(2, hello(id(1), true))

      expect(performance.now() - from).toBeGreaterThan(140)
    })

    it('stays away after a final close code, and what waits is told', async () => {
      client = start(server.url)
      await greet(1, hello(id(1)))
      const closed = expect(client.send(1)).rejects.toMatchObject({ code: 'closed' })
      await heard(1)

      server.links[0]?.close(4003, 'forbidden')

      await closed
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(server.links).toHaveLength(1)
    })

    it('comes back at once when its credential has ended, and goes on where it was', async () => {
      client = start(server.url)
      await greet(1, hello(id(1)))
      say(flow(2, 2))
      await seen(2)

      server.links[0]?.close(4001, 'expired')
      const query = await greet(2, hello(id(2), true))
      say(flow(3, 3))

      await seen(2, 3)
      expect(query.get('after')).toBe(id(2))
    })

    it('leaves a server that is silent for 2.5 times as long as it said', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
      onTestFinished(() => void vi.useRealTimers())
      client = start(server.url)
      vi.advanceTimersByTime(0) // a client may open its connection a little later
      await greet(1, hello(id(1), false, { syncMs: 1_000 }))
      await received()
      vi.advanceTimersByTime(2_499)
      say(sync(2))
      await received()
      vi.advanceTimersByTime(2_499)
      await received()

      vi.advanceTimersByTime(1)
      vi.advanceTimersByTime(LONGEST_FIRST_WAIT_MS)

      const query = await greet(2, hello(id(2), true))
      expect(query.get('after')).toBe(id(2))
    })
  })
}
