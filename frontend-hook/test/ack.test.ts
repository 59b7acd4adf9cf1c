import { describe, expect, it } from 'vitest'
import { AcknowledgementError, request, sendAcknowledged, startSession } from '../src/ack.js'
import type { Socket } from '../src/socket.js'
import { createFakeServer, flow, hello, id, noop } from './fake.js'

declare module '../src/ack.js' {
  interface RequestTypes {
    PRICE: { request: { article: string }; answer: { price: number } | null }
  }
}

/** A socket whose connection a hub has greeted, within a session. */
function greeted() {
  const fake = createFakeServer()
  const socket = fake.socket()
  startSession(socket)
  socket.on('*', noop)
  fake.clock.advance(0)
  fake.last.accept()
  fake.last.message(hello(id(10)))
  return { fake, socket }
}

/** Sends, and keeps what comes of it. */
function sendOf(socket: Socket, flowId: number, timeoutMs?: number) {
  const outcome = { is: 'waiting' as unknown }
  sendAcknowledged(socket, 'FLOW_STATUS', flow(flowId).payload, { timeoutMs }).then(
    () => {
      outcome.is = 'acknowledged'
    },
    (error) => {
      outcome.is = error.code
    },
  )
  return outcome
}

const sent = (fake: ReturnType<typeof createFakeServer>) => fake.last.sent.map((text) => JSON.parse(text))
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** The connection ends and the next one opens. */
function comeBack(fake: ReturnType<typeof createFakeServer>, greeting: object = hello(id(10), true)) {
  fake.last.drop()
  fake.clock.advance(1_000)
  fake.last.accept()
  fake.last.message(greeting)
}

describe('sendAcknowledged()', () => {
  it('resolves when the server has processed the message', async () => {
    const { fake, socket } = greeted()
    const first = sendOf(socket, 1)
    const second = sendOf(socket, 2)
    const [one, two] = sent(fake)
    expect([one, two]).toEqual([
      { ...flow(1), ref: expect.stringMatching(/^[\da-f]{8}-1$/) },
      { ...flow(2), ref: expect.any(String) },
    ])

    fake.last.message({ type: '$ack', payload: { ref: two.ref } })
    fake.last.message({ type: '$ack', payload: { ref: 'unheard of' } })
    await settle()
    expect([first.is, second.is]).toEqual(['waiting', 'acknowledged'])
    fake.last.message({ type: '$ack', payload: { ref: one.ref } })
    await settle()

    expect(first.is).toBe('acknowledged')
    expect(fake.reported).toEqual([])
  })

  it('rejects with what the server says against it', async () => {
    const { fake, socket } = greeted()
    const result = sendAcknowledged(socket, 'FLOW_STATUS', flow(1).payload)

    fake.last.message({ type: '$error', payload: { ref: 'another', code: 'x', reason: 'y' } })
    fake.last.message({
      type: '$error',
      payload: { ref: sent(fake)[0].ref, code: 'refused', reason: 'no such flow' },
    })

    await expect(result).rejects.toThrow(AcknowledgementError)
    await expect(result).rejects.toMatchObject({
      name: 'AcknowledgementError',
      message: 'refused: no such flow',
      code: 'refused',
      reason: 'no such flow',
    })
    expect(fake.reported).toEqual([])
  })

  it('was not sent where the connection was closing: a hub that was restarted meanwhile may have it', async () => {
    const { fake, socket } = greeted()
    fake.last.readyState = 2
    const outcome = sendOf(socket, 1)

    comeBack(fake, hello(id(1, 2)))
    await settle()

    expect(outcome.is).toBe('waiting')
    expect(sent(fake)).toMatchObject([flow(1)])
  })

  it('connects, and sends once the hub has greeted', async () => {
    const fake = createFakeServer()
    const outcome = sendOf(fake.socket(), 1)
    fake.clock.advance(0)
    fake.last.accept()
    expect(sent(fake)).toEqual([])

    fake.last.message(hello(id(1)))
    fake.last.message({ type: '$ack', payload: { ref: sent(fake)[0].ref } })
    await settle()

    expect(outcome.is).toBe('acknowledged')
    fake.clock.advance(200)
    expect(fake.last.closedWith).toBe(1000)
  })

  it('rejects what JSON cannot express', async () => {
    const { socket } = greeted()

    await expect(sendAcknowledged(socket, 'FLOW_STATUS', 1n as never)).rejects.toThrow(TypeError)
  })
})

describe('request()', () => {
  const ask = (socket: Socket) => request(socket, 'PRICE', { article: 'tea' })

  it('resolves with the answer of its ref, in whatever order the answers come', async () => {
    const { fake, socket } = greeted()
    const answers = [ask(socket), ask(socket)]
    const [one, two] = sent(fake)
    expect(one).toEqual({ type: 'PRICE', payload: { article: 'tea' }, ref: expect.any(String) })

    fake.last.message({ type: '$ack', payload: { ref: two.ref, answer: { price: 2 } } })
    fake.last.message({ type: '$ack', payload: { ref: one.ref, answer: { price: 1 } } })

    expect(await Promise.all(answers)).toEqual([{ price: 1 }, { price: 2 }])
  })

  it.each([null, 0, false, '', [], {}])('resolves with the answer %j', async (answer) => {
    const { fake, socket } = greeted()
    const result = ask(socket)

    fake.last.message({ type: '$ack', payload: { ref: sent(fake)[0].ref, answer } })

    expect(await result).toEqual(answer)
  })

  it.each(['refused', 'timeout', 'forgotten', 'invalid_payload'])('rejects with %s', async (code) => {
    const { fake, socket } = greeted()
    const result = ask(socket)

    fake.last.message({ type: '$error', payload: { ref: sent(fake)[0].ref, code, reason: 'why' } })

    await expect(result).rejects.toMatchObject({ code, reason: 'why' })
  })

  it('rejects if the server only acknowledges, as one without a handler and an older one do', async () => {
    const { fake, socket } = greeted()
    const result = ask(socket)

    fake.last.message({ type: '$ack', payload: { ref: sent(fake)[0].ref } })

    await expect(result).rejects.toThrow(AcknowledgementError)
    await expect(result).rejects.toMatchObject({ code: 'unanswered' })
  })

  it('is sent again with the same ref after a lost connection, among the acknowledged messages', async () => {
    const { fake, socket } = greeted()
    const before = sendOf(socket, 1)
    const result = ask(socket)
    const first = sent(fake)

    comeBack(fake)

    expect(sent(fake)).toEqual(first)
    fake.last.message({ type: '$ack', payload: { ref: first[1].ref, answer: { price: 3 } } })
    expect(await result).toEqual({ price: 3 })
    expect(before.is).toBe('waiting')
  })

  it('rejects in time, and counts among the 100 that wait', async () => {
    const { fake, socket } = greeted()
    const results = Array.from({ length: 100 }, () => ask(socket).catch(({ code }) => code))

    expect(sendOf(socket, 1)).toBeDefined()
    await expect(ask(socket)).rejects.toMatchObject({ code: 'overflow' })
    fake.clock.advance(30_000)

    expect(new Set(await Promise.all(results))).toEqual(new Set(['timeout']))
  })

  it('leaves the answer to a message unread that is only to be acknowledged', async () => {
    const { fake, socket } = greeted()
    const result = sendAcknowledged(socket, 'FLOW_STATUS', flow(1).payload)

    fake.last.message({ type: '$ack', payload: { ref: sent(fake)[0].ref, answer: 'of a newer hub' } })

    expect(await result).toBeUndefined()
  })
})

describe('A session', () => {
  it('has an id of its own, in every address from its start on', () => {
    const sessionOf = () => {
      const { fake } = greeted()
      const first = new URL(fake.last.url).searchParams.get('session')
      comeBack(fake)
      expect(new URL(fake.last.url).searchParams.get('session')).toBe(first)
      return first
    }

    const session = sessionOf()

    expect(session).toMatch(/^[\da-f]{32}$/)
    expect(sessionOf()).not.toBe(session)
  })

  it('is one for all messages of a socket', () => {
    const { fake, socket } = greeted()
    const session = socket.params.session

    startSession(socket)
    sendOf(socket, 1)
    sendOf(socket, 2)

    expect(socket.params.session).toBe(session)
    expect(new Set(sent(fake).map(({ ref }) => ref)).size).toBe(2)
  })
})

describe('When the connection is lost', () => {
  it('what is not answered is sent once after each return, in order, with the same ref', async () => {
    const { fake, socket } = greeted()
    const outcomes = [1, 2, 3].map((flowId) => sendOf(socket, flowId))
    const first = sent(fake)
    fake.last.message({ type: '$ack', payload: { ref: first[1].ref } })

    comeBack(fake)
    expect(sent(fake)).toEqual([first[0], first[2]])
    comeBack(fake)
    expect(sent(fake)).toEqual([first[0], first[2]])
    for (const { ref } of first) fake.last.message({ type: '$ack', payload: { ref } })
    await settle()

    expect(outcomes.map(({ is }) => is)).toEqual(['acknowledged', 'acknowledged', 'acknowledged'])
  })

  it('what is sent meanwhile goes out once, after what was sent before', async () => {
    const { fake, socket } = greeted()
    sendOf(socket, 1)

    fake.last.readyState = 2
    sendOf(socket, 2)
    fake.last.drop()
    sendOf(socket, 3)
    fake.clock.advance(1_000)
    fake.last.accept()
    expect(sent(fake)).toEqual([])
    fake.last.message(hello(id(10), true))

    expect(sent(fake).map(({ payload }) => payload.flowId)).toEqual([1, 2, 3])
  })

  it('a server that was restarted is not asked again: the outcome is unknown, but of what was never sent', async () => {
    const { fake, socket } = greeted()
    const before = sendOf(socket, 1)
    fake.last.drop()
    const meanwhile = sendOf(socket, 2)
    fake.clock.advance(1_000)
    fake.last.accept()

    fake.last.message(hello(id(1, 2)))
    await settle()

    expect(before.is).toBe('unknown')
    expect(sent(fake).map(({ payload }) => payload.flowId)).toEqual([2])
    fake.last.message({ type: '$ack', payload: { ref: sent(fake)[0].ref } })
    await settle()
    expect(meanwhile.is).toBe('acknowledged')
  })

  it('what was sent before the session began is unknown', async () => {
    const fake = createFakeServer()
    const socket = fake.socket()
    socket.on('*', noop)
    fake.clock.advance(0)
    fake.last.accept()
    fake.last.message(hello(id(10)))
    const outcome = sendOf(socket, 1)

    comeBack(fake)
    await settle()
    expect(outcome.is).toBe('unknown')
    const next = sendOf(socket, 2)
    comeBack(fake)
    await settle()

    expect(next.is).toBe('waiting')
    expect(sent(fake).map(({ payload }) => payload.flowId)).toEqual([2])
  })
})

describe('What cannot be answered', () => {
  it('rejects in time, 30 s if nothing is said, 4 minutes at most', async () => {
    const { fake, socket } = greeted()
    const outcomes = [sendOf(socket, 1), sendOf(socket, 2, 10), sendOf(socket, 3, 1e9)]

    fake.clock.advance(10)
    await settle()
    expect(outcomes.map(({ is }) => is)).toEqual(['waiting', 'timeout', 'waiting'])
    fake.clock.advance(29_990)
    await settle()
    expect(outcomes.map(({ is }) => is)).toEqual(['timeout', 'timeout', 'waiting'])
    fake.clock.advance(210_000)
    await settle()

    expect(outcomes.map(({ is }) => is)).toEqual(['timeout', 'timeout', 'timeout'])
    expect(fake.clock.pendingTimers).toBe(0)
  })

  it('rejects at once beyond 100, and sends it not', async () => {
    const { fake, socket } = greeted()
    const outcomes = Array.from({ length: 101 }, (_, flowId) => sendOf(socket, flowId))
    await settle()

    expect(outcomes.filter(({ is }) => is === 'waiting')).toHaveLength(100)
    expect(outcomes[100]?.is).toBe('overflow')
    expect(sent(fake)).toHaveLength(100)
  })

  it('rejects where the server is no hub, and sends it not', async () => {
    const fake = createFakeServer()
    const outcome = sendOf(fake.socket(), 1)
    fake.clock.advance(0)
    fake.last.accept()

    fake.last.message(flow(1))
    await settle()

    expect(outcome.is).toBe('unsupported')
    expect(fake.last.sent).toEqual([])
  })

  it('is not sent again after a sleep longer than its time: the hub may have forgotten the session', async () => {
    const { fake, socket } = greeted()
    const late = sendOf(socket, 1, 30_000)
    const inTime = sendOf(socket, 2, 31_001)

    fake.clock.sleep(30_000)
    comeBack(fake)
    await settle()

    expect([late.is, inTime.is]).toEqual(['timeout', 'waiting'])
    expect(sent(fake)).toMatchObject([flow(2)])
  })

  it('waits on while a hub sends other messages', async () => {
    const { fake, socket } = greeted()
    const outcome = sendOf(socket, 1)

    fake.last.message(flow(1, 11))
    await settle()

    expect(outcome.is).toBe('waiting')
  })

  it('rejects what waits when the socket is closed for good, and what comes later', async () => {
    const { fake, socket } = greeted()
    const before = sendOf(socket, 1)

    fake.last.drop(4003)
    const later = sendOf(socket, 2)
    await settle()

    expect([before.is, later.is]).toEqual(['closed', 'closed'])
    expect(fake.clock.pendingTimers).toBe(0)
  })
})
