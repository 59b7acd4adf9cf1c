import type { Message } from 'use-flow-socket'
import { expect, test } from 'vitest'
import type { Snapshot } from '../src/api.js'
import { DashboardStore } from '../src/store.js'

const id = (offset: number, epoch = 'aaaaaaaaaaaaaaaa') => `${epoch}-${String(offset).padStart(16, '0')}`
const entry = (entryId: number) => ({
  entryId,
  flowId: 1,
  description: 'Settled',
  amount: '1.00',
  currency: 'EUR',
  timestamp: '2026-03-01T12:00:00Z',
})
const snapshot = (lastId: string, ...entryIds: number[]): Snapshot => ({
  flows: { lastId, flows: [] },
  ledger: { lastId, entries: entryIds.map(entry) },
  suggestions: { lastId, suggestions: [] },
})
const booked = (offset: number, entryId: number): Message => ({
  type: 'LEDGER_UPDATE',
  payload: entry(entryId),
  id: id(offset),
})

/** Makes a store whose snapshots the test provides. */
function makeStore() {
  const requests: PromiseWithResolvers<Snapshot>[] = []
  const waits: number[] = []
  const store = new DashboardStore(
    () => {
      const request = withResolvers<Snapshot>()
      requests.push(request)
      return request.promise
    },
    async (ms) => void waits.push(ms),
  )
  const entryIds = () => store.getState().dashboard?.entries.map((one) => one.entryId)
  return { store, requests, waits, entryIds }
}

interface PromiseWithResolvers<T> {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: Error) => void
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  const made = {} as PromiseWithResolvers<T>
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }))
  return made
}

test('what arrives while a snapshot is under way is not lost', async () => {
  const { store, requests, entryIds } = makeStore()
  const refreshed = store.refresh()
  store.receive(booked(6, 2))

  requests[0]?.resolve(snapshot(id(5), 1))
  await refreshed

  expect(entryIds()).toEqual([2, 1])
  expect(store.getState().refreshing).toBe(false)
})

test('what is shown goes on changing while a snapshot is under way', async () => {
  const { store, requests, entryIds } = makeStore()
  const first = store.refresh()
  requests[0]?.resolve(snapshot(id(5), 1))
  await first

  void store.refresh()
  store.receive(booked(6, 2))

  expect(entryIds()).toEqual([2, 1])
  expect(store.getState().refreshing).toBe(true)
})

test('a snapshot voided by a second call is not shown', async () => {
  const { store, requests, entryIds } = makeStore()
  const refreshed = store.refresh()
  void store.refresh() // the server has restarted

  requests[0]?.resolve(snapshot(id(5), 1))
  await Promise.resolve()
  await new Promise((resolve) => setTimeout(resolve))
  expect(entryIds()).toBeUndefined()

  requests[1]?.resolve(snapshot(id(0, 'bbbbbbbbbbbbbbbb'), 1, 2))
  await refreshed
  expect(entryIds()).toEqual([2, 1])
})

test('failures are tried again, ever more slowly', async () => {
  const { store, requests, waits, entryIds } = makeStore()
  const refreshed = store.refresh()
  for (let i = 0; i < 6; i++) {
    requests[i]?.reject(new Error('unreachable'))
    await new Promise((resolve) => setTimeout(resolve))
  }

  requests[6]?.resolve(snapshot(id(5), 1))
  await refreshed

  expect(waits).toEqual([1000, 2000, 4000, 8000, 8000, 8000])
  expect(entryIds()).toEqual([1])
})

test('a failure says why and when the next try comes, until one succeeds', async () => {
  const { store, requests } = makeStore()
  const refreshed = store.refresh()

  requests[0]?.reject(new Error('/api/ledger answered with status 500.'))
  await new Promise((resolve) => setTimeout(resolve))
  expect(store.getState().failure?.reason).toBe('/api/ledger answered with status 500.')
  expect(store.getState().failure?.retryAt).toBeGreaterThan(0)
  expect(store.getState().dashboard).toBeNull()

  requests[1]?.resolve(snapshot(id(5), 1))
  await refreshed
  expect(store.getState().failure).toBeNull()
})

test('a wait for the next try can be cut short', async () => {
  const requests: PromiseWithResolvers<Snapshot>[] = []
  const store = new DashboardStore(
    () => requests[requests.push(withResolvers<Snapshot>()) - 1]?.promise as Promise<Snapshot>,
    () => new Promise(() => {}), // a retry never starts without it
  )
  const refreshed = store.refresh()
  requests[0]?.reject(new Error('unreachable'))
  await new Promise((resolve) => setTimeout(resolve))

  store.retryNow()
  await new Promise((resolve) => setTimeout(resolve))
  requests[1]?.resolve(snapshot(id(5), 1))
  await refreshed

  expect(store.getState().dashboard?.entries).toHaveLength(1)
})
