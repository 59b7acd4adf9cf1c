import { screen } from '@testing-library/react'
import { createFakeServer } from 'use-flow-socket/testing'
import { expect, it, vi } from 'vitest'

it('shows the temperature, sends a wish, and says when the server is gone', async () => {
  const server = createFakeServer({
    onConnect(connection) {
      connection.accept()
      connection.hello()
    },
  })
  vi.stubGlobal('WebSocket', server.WebSocket)
  document.body.innerHTML = '<div id="root"></div>'
  await import('./thermostat/main.js')
  await vi.waitFor(() => expect(server.connections).toHaveLength(1))
  await vi.waitFor(() => expect(server.last.readyState).toBe(1))

  server.last.message({ type: 'ROOM', payload: { celsius: 15.64, target: 21 } })
  expect(await screen.findByText('15.6 °C')).toBeTruthy()

  screen.getByRole('button').click()
  expect(server.last.messages).toEqual([{ type: 'SET_TARGET', payload: 25 }])

  server.last.drop()
  expect(await screen.findByText('Reconnecting')).toBeTruthy()
})
