import { describe, expect, it, vi } from 'vitest'
import { joinTopic, TopicError } from '../src/topics.js'
import { flow, flowsOf, hello, id, joined, opened, sync } from './fake.js'

type Link = ReturnType<typeof opened>

/** A socket that a hub has greeted. */
function greeted(at = 10) {
  const link = opened()
  link.fake.last.message(hello(id(at)))
  return link
}

/** The connection ends, the next one opens, and the hub greets. */
function comeBack({ fake }: Link, greeting: object) {
  fake.last.drop()
  fake.clock.advance(1_000)
  fake.last.accept()
  fake.last.message(greeting)
}

const sent = ({ fake }: Link) => fake.last.sent.map((text) => JSON.parse(text))
const lastRef = (link: Link): string => sent(link).at(-1).payload.ref

describe('joinTopic()', () => {
  it('joins once greeted, and is ready when caught up', async () => {
    const link = opened()
    const ready = vi.fn()

    const topic = joinTopic(link.socket, 'b', { after: id(3) })
    topic.ready.then(ready)
    expect(sent(link)).toEqual([])
    link.fake.last.message(hello(id(10)))
    expect(sent(link)).toEqual([
      { type: '$join', payload: { topic: 'b', after: id(3), ref: expect.any(String) } },
    ])
    link.fake.last.message(joined('b', 3, 10, lastRef(link)))
    await Promise.resolve()
    expect(ready).not.toHaveBeenCalled()
    expect(topic.state).toEqual({ isJoined: false, error: null })
    link.fake.last.message(sync(10))
    await topic.ready
    expect(topic.state).toEqual({ isJoined: true, error: null })
    link.fake.clock.advance(5_000) // a connection that lasted is news, but not to who follows a topic

    expect(topic.state).toEqual({ isJoined: true, error: null })
  })

  it('joins at once where the hub has greeted already, from now on', () => {
    const link = greeted()

    joinTopic(link.socket, 'b')

    expect(sent(link)).toEqual([{ type: '$join', payload: { topic: 'b', ref: expect.any(String) } }])
  })

  it('asks for nothing that the address names, and leaves it to the address', () => {
    const link = opened()
    link.fake.last.message(hello(id(1), false, { topics: ['b'] }))

    const topic = joinTopic(link.socket, 'b')
    expect(topic.state.isJoined).toBe(true)
    topic.leave()
    link.fake.clock.advance(200)

    expect(sent(link)).toEqual([])
  })

  it('tells of every change, until told to stop', () => {
    const link = greeted()
    const topic = joinTopic(link.socket, 'b')
    const seen: boolean[] = []
    const stop = topic.subscribe(() => seen.push(topic.state.isJoined))

    link.fake.last.message(joined('b', 10, 10))
    link.fake.last.message(sync(10))
    link.fake.last.message(sync(11))
    link.fake.last.drop()
    stop()
    comeBack(link, hello(id(11), true))
    link.fake.last.message(joined('b', 11, 11))
    link.fake.last.message(sync(11))

    expect(seen).toEqual([true, false])
    expect(topic.state.isJoined).toBe(true)
  })

  it('is no topic of its own what another one is joined or left', () => {
    const link = greeted()
    const topic = joinTopic(link.socket, 'b')

    link.fake.last.message(joined('c', 10, 10))
    link.fake.last.message(sync(10))
    expect(topic.state.isJoined).toBe(false)
    link.fake.last.message(joined('b', 10, 10))
    link.fake.last.message(sync(10))
    link.fake.last.message({ type: '$left', payload: { topic: 'c' } })
    expect(topic.state.isJoined).toBe(true)
    link.fake.last.message({ type: '$left', payload: { topic: 'b' } })

    expect(topic.state.isJoined).toBe(false)
  })
})

describe('After a lost connection', () => {
  it('goes on behind the resume point that was', () => {
    const link = greeted()
    const flows = flowsOf(link.socket)
    joinTopic(link.socket, 'b')
    link.fake.last.message(joined('b', 10, 10))
    link.fake.last.message(sync(10))
    link.fake.last.message(flow(11, 11, 1, 'b'))
    link.fake.last.message(sync(12))

    comeBack(link, hello(id(12), true))
    expect(sent(link)[0].payload).toMatchObject({ topic: 'b', after: id(12) })
    link.fake.last.message(flow(14, 14)) // a broadcast, ahead of what the topic has to catch up with
    link.fake.last.message(joined('b', 12, 14))
    link.fake.last.message(flow(13, 13, 1, 'b'))
    link.fake.last.message(sync(14))
    link.fake.last.message(flow(15, 15, 1, 'b'))

    expect(flows).toEqual([11, 14, 13, 15])
    expect(link.socket.state.continuity).toBe('live')
  })

  it('goes on behind the last message of the topic', () => {
    const link = greeted()
    joinTopic(link.socket, 'b')
    link.fake.last.message(joined('b', 10, 10))
    link.fake.last.message(sync(10))
    link.fake.last.message(flow(11, 11, 1, 'b'))
    link.fake.last.message(flow(12, 12, 1, 'c'))
    link.fake.last.message({ ...flow(13), topic: 'b' }) // of no id

    comeBack(link, hello(id(12), true))

    expect(sent(link)[0].payload.after).toBe(id(11))
  })

  it('goes on in the middle of a catch-up that was cut', () => {
    const link = greeted()
    const flows = flowsOf(link.socket)
    joinTopic(link.socket, 'b', { after: id(1) })
    link.fake.last.message(joined('b', 1, 10))
    link.fake.last.message(flow(2, 2, 1, 'b'))

    comeBack(link, hello(id(10), true))
    expect(new URL(link.fake.last.url).searchParams.has('topic')).toBe(false)
    expect(sent(link)[0].payload.after).toBe(id(2))
    link.fake.last.message(joined('b', 2, 10))
    for (const offset of [2, 3]) link.fake.last.message(flow(offset, offset, 1, 'b'))
    link.fake.last.message(sync(10))

    expect(flows).toEqual([2, 3])
  })

  it('asks again from where it wanted to begin if the answer never came', () => {
    const link = greeted()
    joinTopic(link.socket, 'b', { after: id(1) })

    comeBack(link, hello(id(10), true))

    expect(sent(link)[0].payload.after).toBe(id(1))
  })

  it('of a server that was restarted, names the old point: the hub tells the gap', () => {
    const link = greeted()
    joinTopic(link.socket, 'b')
    link.fake.last.message(joined('b', 10, 10))
    link.fake.last.message(sync(10))

    comeBack(link, hello(id(1, 2)))

    expect(sent(link)[0].payload.after).toBe(id(10))
  })
})

describe('A refused topic', () => {
  it('rejects, says why, and is asked for again on the next connection', async () => {
    const link = greeted()
    const topic = joinTopic(link.socket, 'b')
    const payload = { ref: lastRef(link), code: 'forbidden', reason: 'not yours' }

    link.fake.last.message({ type: '$error', payload: { ...payload, ref: 'another' } })
    expect(topic.state.error).toBeNull()
    link.fake.last.message({ type: '$error', payload })

    await expect(topic.ready).rejects.toThrow(new TopicError('forbidden', 'not yours'))
    await expect(topic.ready).rejects.toBeInstanceOf(TopicError)
    expect(topic.state).toMatchObject({ isJoined: false, error: { code: 'forbidden', name: 'TopicError' } })
    comeBack(link, hello(id(10), true))
    expect(topic.state.error).toMatchObject({ code: 'forbidden' })
    link.fake.last.message(joined('b', 10, 10, lastRef(link)))
    link.fake.last.message(sync(10))
    expect(topic.state).toEqual({ isJoined: true, error: null })
  })

  it('an error without ref concerns no topic', () => {
    const link = opened()
    link.fake.last.message(hello(id(1), false, { topics: ['b'] }))
    const topic = joinTopic(link.socket, 'b')

    link.fake.last.message({ type: '$error', payload: { code: 'invalid', reason: 'no JSON' } })

    expect(topic.state).toEqual({ isJoined: true, error: null })
  })
})

describe('leave()', () => {
  it('leaves a moment after the last of all who follow', () => {
    const link = greeted()
    const topics = [joinTopic(link.socket, 'b'), joinTopic(link.socket, 'b')]
    expect(sent(link)).toHaveLength(1)

    topics[0]?.leave()
    topics[0]?.leave()
    link.fake.clock.advance(10_000)
    expect(sent(link)).toHaveLength(1)
    topics[1]?.leave()
    link.fake.clock.advance(199)
    expect(sent(link)).toHaveLength(1)
    link.fake.clock.advance(1)

    expect(sent(link)[1]).toEqual({ type: '$leave', payload: { topic: 'b' } })
  })

  it('is undone by who comes in time', () => {
    const link = greeted()
    joinTopic(link.socket, 'b').leave()
    link.fake.clock.advance(100)

    joinTopic(link.socket, 'b')
    link.fake.clock.advance(10_000)

    expect(sent(link)).toHaveLength(1)
  })

  it('joins anew who comes later', () => {
    const link = greeted()
    joinTopic(link.socket, 'b').leave()
    link.fake.clock.advance(200)

    joinTopic(link.socket, 'b')

    expect(sent(link).map(({ type }) => type)).toEqual(['$join', '$leave', '$join'])
  })

  it('rejects who waits for the topic, and joins no more', async () => {
    const link = opened()
    const topic = joinTopic(link.socket, 'b')

    topic.leave()
    link.fake.clock.advance(200)
    link.fake.last.message(hello(id(1)))

    await expect(topic.ready).rejects.toMatchObject({ code: 'left' })
    expect(sent(link)).toEqual([])
  })

  it('keeps the socket open until then, and no longer', () => {
    const link = greeted()
    const topic = joinTopic(link.socket, 'b')
    link.stop()
    link.fake.clock.advance(10_000)
    expect(link.socket.state.status).toBe('open')

    topic.leave()
    link.fake.clock.advance(200)
    expect(link.socket.state.status).toBe('open')
    link.fake.clock.advance(200)

    expect(link.socket.state.status).toBe('idle')
  })
})
