import { readdirSync, readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import type { EventType, Message } from '../src/messages.js'
import { makeFake } from './fake.js'

const folder = new URL('../../protocol/vectors/', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
const vector = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')).message

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
}

it.each(Object.keys(typed))('our types describe %s', (name) => {
  expect(vector(name)).toEqual(typed[name])
})

it.each(names)('%s is delivered as it is', (name) => {
  const message = vector(name)
  const fake = makeFake()
  const socket = fake.socket()
  const handler = vi.fn()
  socket.on(message.type, handler)
  fake.advance(0)
  fake.last.accept()

  fake.last.push(message)

  expect(handler.mock.calls).toEqual([[message.payload, message]])
})
