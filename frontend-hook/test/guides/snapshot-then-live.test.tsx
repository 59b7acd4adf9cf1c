import { render, screen } from '@testing-library/react'
import { createFakeServer, type FakeConnection, type FakeServer, fakeId } from 'use-flow-socket/testing'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { EntryList } from './EntryList.js'
import { LiveEntryList } from './LiveEntryList.js'
import { MachineTable } from './MachineTable.js'

let server: FakeServer
const greetings: Parameters<FakeConnection['hello']>[0][] = []

beforeEach(() => {
  greetings.length = 0
  server = createFakeServer({
    onConnect(connection) {
      connection.accept()
      connection.hello(greetings.shift() ?? { topics: ['entries'], resumed: true })
    },
  })
  vi.stubGlobal('WebSocket', server.WebSocket)
})

const shown = () => screen.getAllByRole('listitem').map((item) => item.textContent)
const pointOf = ({ url }: FakeConnection) => new URL(url).searchParams.get('after')

describe('A list of entries', () => {
  const stored = [{ number: 1, text: 'one' }]
  let newest = 1
  const send = (number: number, text: string) =>
    server.last.message({ type: 'ENTRY', payload: { number, text }, topic: 'entries', id: fakeId(++newest) })

  beforeEach(async () => {
    stored.length = 1
    newest = 1
    vi.stubGlobal('fetch', async () => Response.json({ lastId: fakeId(newest), entries: stored }))
    render(<EntryList />)
    await screen.findByText('one')
    await vi.waitFor(() => expect(server.connections).toHaveLength(1))
    await vi.waitFor(() => expect(server.last.readyState).toBe(1))
  })

  it('connects behind its snapshot, and shows what comes once', async () => {
    expect(pointOf(server.last)).toBe(fakeId(1))

    send(2, 'two')
    send(2, 'two')

    await screen.findByText('two')
    expect(shown()).toEqual(['one', 'two'])
  })

  it('comes back behind the last message', async () => {
    send(2, 'two')
    await screen.findByText('two')

    server.last.drop(4200)

    await vi.waitFor(() => expect(server.connections).toHaveLength(2))
    expect(pointOf(server.last)).toBe(fakeId(2))
  })

  it('fetches again after a gap', async () => {
    stored.push({ number: 2, text: 'two' }, { number: 3, text: 'three' })
    newest = 9
    let answer = () => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    vi.stubGlobal('fetch', async () => {
      await answered
      return Response.json({ lastId: fakeId(newest), entries: stored })
    })

    server.last.message({ type: '$gap', payload: { topic: 'entries', after: fakeId(1), next: fakeId(9) } })
    await vi.waitFor(() => expect(screen.getByRole('list').getAttribute('aria-busy')).toBe('true'))
    answer()

    await screen.findByText('three')
    expect(shown()).toEqual(['one', 'two', 'three'])
    await vi.waitFor(() => expect(screen.getByRole('list').getAttribute('aria-busy')).toBe('false'))
  })
})

describe('A list of entries whose state comes with the join', () => {
  const none = fakeId(0)
  const greeting = { topics: ['entries'], catchUps: { entries: none } }
  const connected = async (nth: number) => {
    await vi.waitFor(() => expect(server.connections).toHaveLength(nth))
    await vi.waitFor(() => expect(server.last.readyState).toBe(1))
    return new URL(server.last.url).searchParams.getAll('topic')
  }
  const state = (id: number, ...entries: object[]) =>
    server.last.message({ type: 'ENTRIES', payload: entries, id: fakeId(id) })
  const send = (number: number, text: string, id: number) =>
    server.last.message({ type: 'ENTRY', payload: { number, text }, topic: 'entries', id: fakeId(id) })

  it('asks for the state again until it has it', async () => {
    greetings.push(greeting, greeting)
    render(<LiveEntryList />)
    await connected(1)

    server.last.drop(4200)

    expect(await connected(2)).toEqual(['entries', `entries@${none}`])
  })

  it('shows the state and what follows, and goes on after that', async () => {
    greetings.push(greeting, { topics: ['entries'], resumed: true })
    render(<LiveEntryList />)
    await connected(1)
    state(9, { number: 1, text: 'one' }, { number: 2, text: 'two' })
    server.last.message({ type: '$joined', payload: { topic: 'entries', after: fakeId(5), upTo: fakeId(9) } })
    send(2, 'two', 6)
    send(3, 'three', 7)
    server.last.message({ type: '$sync', payload: { id: fakeId(9) } })

    await screen.findByText('three')
    expect(shown()).toEqual(['one', 'two', 'three'])
    server.last.drop(4200)

    expect(await connected(2)).toEqual(['entries'])
    expect(pointOf(server.last)).toBe(fakeId(9))
  })
})

describe('A table of machines', () => {
  it('is what the messages say, and begins anew when it is told to', async () => {
    greetings.push({ topics: ['machines'] })
    render(<MachineTable />)
    await vi.waitFor(() => expect(server.connections).toHaveLength(1))
    await vi.waitFor(() => expect(server.last.readyState).toBe(1))
    const machine = (name: string, state: string, id: number) =>
      server.last.message({ type: 'MACHINE', payload: { name, state }, topic: 'machines', id: fakeId(id) })

    machine('press', 'stopped', 1)
    machine('saw', 'runs', 2)
    machine('press', 'runs', 3)
    await screen.findByText('press: runs')
    expect(shown()).toEqual(['press: runs', 'saw: runs'])

    server.last.message({
      type: 'MACHINE_GONE',
      payload: { name: 'press' },
      topic: 'machines',
      id: fakeId(4),
    })
    await vi.waitFor(() => expect(shown()).toEqual(['saw: runs']))

    server.last.message({ type: '$gap', payload: { topic: 'machines', reset: true } })
    machine('drill', 'runs', 5)
    machine('saw', 'stopped', 6)
    await screen.findByText('saw: stopped')
    expect(shown()).toEqual(['drill: runs', 'saw: stopped'])
  })
})
