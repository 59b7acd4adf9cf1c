import { render, screen } from '@testing-library/react'
import { createFakeServer } from 'use-flow-socket/testing'
import { expect, it, vi } from 'vitest'
import { App } from './AppWithTicket.js'

it('asks for a ticket before every connection, once somebody is logged in', async () => {
  const server = createFakeServer({
    onConnect(connection) {
      connection.accept()
      connection.hello()
    },
  })
  let tickets = 0
  vi.stubGlobal('WebSocket', server.WebSocket)
  vi.stubGlobal('fetch', async () => new Response(`t${++tickets}`))

  const { rerender } = render(<App user={null} />)
  rerender(<App user="ann" />)
  await screen.findByText('Connected')
  server.last.drop(4201, 'session expired')

  await vi.waitFor(() => expect(server.connections).toHaveLength(2))
  expect(server.connections.map(({ url }) => new URL(url).searchParams.get('ticket'))).toEqual(['t1', 't2'])
})

it('sees why there is no ticket, and tries again', async () => {
  const server = createFakeServer()
  vi.stubGlobal('WebSocket', server.WebSocket)
  let requests = 0
  vi.stubGlobal('fetch', async () => {
    requests++
    return new Response('', { status: 401 })
  })

  render(<App user="ann" />)

  await vi.waitFor(() => expect(requests).toBeGreaterThan(1), { timeout: 30_000 })
  expect(server.connections).toEqual([])
})
