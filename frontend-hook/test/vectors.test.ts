import { readdirSync, readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import type { ClientControlTypes, ControlTypes } from '../src/controls.js'
import type { EventType, Message } from '../src/messages.js'
import { joinTopic } from '../src/topics.js'
import { createFakeServer, hello, id, opened } from './fake.js'

const folder = new URL('../../docs/protocol/vectors/', import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const vector = (name: string) => read(name).message
const all = readdirSync(folder).filter((name) => name.endsWith('.json'))
const fromServer = all.filter((name) => read(name).from !== 'client')

/** What the vectors say, written in our types: the compiler checks the names, the test the values. */
const typed: { [name: string]: Message<EventType> } = {
  'flow-status-flow.json': {
    type: 'FLOW_STATUS',
    payload: { flowId: 42, status: 'STARTED', timestamp: '2026-01-02T03:04:05.678Z' },
    id: '00ff00ff00ff00ff-0000000000000001',
  },
  'flow-status-node.json': {
    type: 'FLOW_STATUS',
    payload: {
      flowId: 42,
      status: 'NODE_COMPLETE',
      nodeId: 'extract',
      timestamp: '2026-01-02T03:04:05.678Z',
    },
    topic: 'flow:42',
    id: '00ff00ff00ff00ff-0000000000000002',
  },
  'ledger-update.json': {
    type: 'LEDGER_UPDATE',
    payload: {
      entryId: 7,
      flowId: 42,
      description: 'Daily settlement',
      amount: '1234.50',
      currency: 'EUR',
      timestamp: '2026-01-02T03:04:05Z',
    },
    topic: 'ledger',
    id: '00ff00ff00ff00ff-0000000000000003',
  },
  'optimization-available.json': {
    type: 'OPTIMIZATION_AVAILABLE',
    payload: {
      suggestionId: 3,
      flowId: 42,
      nodeId: 'reconcile',
      title: 'Reconcile earlier',
      detail: 'It waits for a node that it does not need.',
      savingMillis: 250,
      timestamp: '2026-01-02T03:04:05Z',
    },
    id: '00ff00ff00ff00ff-0000000000000004',
  },
  'hello.json': {
    type: '$hello',
    payload: {
      clientId: '0123456789abcdef0123456789abcdef',
      id: '00ff00ff00ff00ff-0000000000000004',
      resumed: false,
      topics: ['flow:42'],
      syncMs: 0,
    },
  },
  'gap.json': {
    type: '$gap',
    payload: {
      topic: 'flow:42',
      after: '00ff00ff00ff00ff-0000000000000001',
      next: '00ff00ff00ff00ff-0000000000000004',
    },
  },
  'gap-of-broadcasts.json': {
    type: '$gap',
    payload: {
      after: 'ffffffffffffffff-0000000000000009',
      next: '00ff00ff00ff00ff-0000000000000005',
    },
  },
  'bye.json': { type: '$bye', payload: { reason: 'shutdown', retryAfterMs: 4250 } },
  'ack.json': { type: '$ack', payload: { ref: 'order-1' } },
  'ack-answer.json': {
    type: '$ack',
    payload: { ref: 'price-1', answer: { article: 'tea', price: 3.5, until: null } },
  },
  'error-forbidden.json': {
    type: '$error',
    payload: { ref: 3, code: 'forbidden', reason: 'this topic may not be joined' },
  },
}

type MembersOf<Types> = { [K in keyof Types]: { [M in keyof Required<Types[K]>]: true } }

/** What the messages of the protocol may have: as our types, says the compiler; as the vectors, says the test. */
const members: MembersOf<ControlTypes> = {
  $hello: { clientId: true, id: true, resumed: true, topics: true, syncMs: true, catchUps: true },
  $gap: { topic: true, after: true, next: true, reset: true },
  $sync: { id: true },
  $joined: { topic: true, after: true, upTo: true, ref: true },
  $left: { topic: true, ref: true },
  $ack: { ref: true, answer: true },
  $error: { ref: true, code: true, reason: true },
  $bye: { reason: true, retryAfterMs: true },
}

const clientMembers: MembersOf<ClientControlTypes> = {
  $join: { topic: true, after: true, ref: true },
  $leave: { topic: true, ref: true },
}

it.each(Object.keys(typed))('our types describe %s', (name) => {
  expect(vector(name)).toEqual(typed[name])
})

it.each([
  ['server', members],
  ['client', clientMembers],
] as const)('our types know all control messages from the %s, with their members', (side, known) => {
  const inVectors: { [type: string]: { [member: string]: true } } = {}
  for (const { from = 'server', message } of all.map(read)) {
    if (from !== side || !message.type.startsWith('$')) continue
    inVectors[message.type] = {
      ...inVectors[message.type],
      ...Object.fromEntries(Object.keys(message.payload).map((member) => [member, true])),
    }
  }

  expect(known).toMatchObject(inVectors)
  expect(Object.keys(known).sort()).toEqual(Object.keys(inVectors).sort())
})

it('a topic is joined and left in the words of the vectors', () => {
  const join = vector('client-join.json')
  const { fake, socket } = opened()
  fake.last.message(hello(id(1)))

  joinTopic(socket, join.payload.topic, { after: join.payload.after }).leave()
  fake.clock.advance(200)

  const { ref: _, ...left } = vector('client-leave.json').payload
  expect(fake.last.sent.map((text) => JSON.parse(text))).toEqual([
    { type: '$join', payload: { ...join.payload, ref: expect.any(String) } },
    { type: '$leave', payload: left },
  ])
})

it.each(fromServer)('%s is delivered as it is', (name) => {
  const message = vector(name)
  const fake = createFakeServer()
  const socket = fake.socket()
  const handler = vi.fn()
  socket.on(message.type, handler)
  fake.clock.advance(0)
  fake.last.accept()

  fake.last.message(message)

  expect(handler.mock.calls).toEqual([[message.payload, message]])
})
