import { act, fireEvent, render, screen } from '@testing-library/react'
import * as React from 'react'
// @ts-expect-error it has no types
import * as runtime from 'react-refresh/runtime'
import { transformWithOxc } from 'vite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as hooks from '../src/index.js'
import { flow } from './fake.js'
import { type Server, startServer } from './server.js'
import { until } from './until.js'

/** A file as its author sees it, which `edit` changes. */
const ROOM = `
const { useMessage, useWebSocket } = hooks

export function Room() {
  const [count, setCount] = React.useState(0)
  const { status } = useWebSocket(source)
  useMessage(source, 'FLOW_STATUS', ({ flowId }) => heard.push('first ' + count + ' ' + flowId))
  return <button onClick={() => setCount(count + 1)}>{count} {status}</button>
}`
const edit = (text: string) => ROOM.replaceAll('first', text)

/** Loads a file as Vite does in development, and in place of what was loaded before. */
async function load(text: string, source: unknown, heard: string[]): Promise<() => React.ReactNode> {
  const { code } = await transformWithOxc(text.replace('export', ''), 'Room.jsx', {
    jsx: { runtime: 'classic', development: false, refresh: true },
  })
  const scope = {
    $RefreshReg$: (type: unknown, name: string) => runtime.register(type, `Room.jsx ${name}`),
    $RefreshSig$: runtime.createSignatureFunctionForTransform,
    React,
    hooks,
    source,
    heard,
  }
  const Room = new Function(...Object.keys(scope), `${code}; return Room`)(...Object.values(scope))
  act(() => void runtime.performReactRefresh())
  return Room
}

const texts = () => screen.getAllByRole('button').map(({ textContent }) => textContent)

describe('Fast refresh', () => {
  let server: Server
  let heard: string[]

  beforeEach(async () => {
    server = await startServer()
    heard = []
  })

  afterEach(async () => {
    await server.stop()
  })

  const hears = async (flowId: number, text: string) => {
    server.send(flow(flowId))
    await until(() => expect(heard).toContain(text))
  }

  it.each([true, false])(
    'of an edited component keeps connection and state, and calls the new handler (StrictMode: %s)',
    async (isStrict) => {
      const Room = await load(ROOM, server.url, heard)
      render(<Room />, isStrict ? { wrapper: React.StrictMode } : {})
      await until(() => expect(texts()).toEqual(['0 open']))
      fireEvent.click(screen.getByRole('button'))
      await hears(1, 'first 1 1')

      for (const n of [2, 3, 4]) {
        await load(edit(`edit${n}`), server.url, heard)
        expect(texts()).toEqual(['1 open'])
        await hears(n, `edit${n} 1 ${n}`)
      }

      expect(heard).toEqual(['first 1 1', 'edit2 1 2', 'edit3 1 3', 'edit4 1 4'])
      await new Promise((resolve) => setTimeout(resolve, 300)) // as long as what nobody uses lingers, and more
      expect(server.links).toHaveLength(1)
      expect(texts()).toEqual(['1 open'])
    },
  )

  it('that has to mount anew, because the hooks are others, keeps the connection', async () => {
    const Room = await load(ROOM, server.url, heard)
    render([<Room key="a" />, <Room key="b" />], { wrapper: React.StrictMode })
    await until(() => expect(texts()).toEqual(['0 open', '0 open']))
    fireEvent.click(screen.getAllByRole('button')[0] as HTMLElement)

    await load(edit('second').replace('return', 'React.useId(); return'), server.url, heard)

    expect(texts()).toEqual(['0 open', '0 open'])
    await hears(1, 'second 0 1')
    expect(heard).toEqual(['second 0 1', 'second 0 1'])
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(server.links).toHaveLength(1)
  })

  it('of the file that makes the socket ends with the connection of the new one alone', async () => {
    const Room = await load(ROOM, hooks.createSocket(`${server.url}?before`), heard)
    render(<Room />, { wrapper: React.StrictMode })
    await until(() => expect(texts()).toEqual(['0 open']))
    fireEvent.click(screen.getByRole('button'))

    await load(ROOM, hooks.createSocket(`${server.url}?after`), heard) // which loads again who imports it

    await until(() => expect(texts()).toEqual(['1 open']))
    await until(() => expect(server.open).toHaveLength(1))
    expect(server.paths).toEqual(['/ws?before&signal-hub=1', '/ws?after&signal-hub=1'])
    await hears(1, 'first 1 1')
    expect(heard).toHaveLength(1)
    expect(server.open).toEqual([server.links[1]])
  })
})
