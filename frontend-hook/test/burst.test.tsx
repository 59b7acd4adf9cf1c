import { createElement as h, StrictMode, useEffect, version } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { useMessage, useWebSocket } from '../src/index.js'
import { useTopic } from '../src/topics.js'
import { flow } from './fake.js'
import { type Server, startServer } from './server.js'
import { until } from './until.js'

// As React runs for users, in its development and its production build: without act(), and so without a testing library.
const COUNT = 2_000
const inOrder = Array.from({ length: COUNT }, (_, n) => n)

let server: Server
const roots: ReturnType<typeof createRoot>[] = []

beforeEach(async () => {
  server = await startServer()
})

afterEach(async () => {
  for (const root of roots.splice(0)) root.unmount()
  await server.stop()
})

function mount(...components: (() => null)[]) {
  const root = createRoot(document.createElement('div'))
  roots.push(root)
  root.render(h(StrictMode, null, ...components.map((component, key) => h(component, { key }))))
  return root
}

it('runs on the build of React that the project is named after', ({ task }) => {
  const build = '_store' in h('p') ? '' : '-production'

  expect(task.file.projectName).toBe(`react-${version.split('.')[0]}${build}`)
})

describe(`A burst of ${COUNT} messages`, () => {
  it('is heard whole, is shown whole where it is read, and renders nothing elsewhere', async () => {
    const heard: number[] = []
    const shown: number[] = []
    const seen = new Set<unknown>()
    let renders = 0
    const Listener = () => {
      renders++
      useMessage(server.url, 'FLOW_STATUS', ({ flowId }) => heard.push(flowId))
      return null
    }
    const Reader = () => {
      const { lastMessage } = useWebSocket(server.url)
      useTopic(server.url, null)
      useEffect(() => {
        if (lastMessage?.type !== 'FLOW_STATUS' || seen.has(lastMessage)) return
        seen.add(lastMessage)
        shown.push(lastMessage.payload.flowId)
      }, [lastMessage])
      return null
    }
    mount(Listener, Reader)
    await until(() => expect(server.open).toHaveLength(1))
    const before = renders

    for (const n of inOrder) server.send(flow(n, n + 1))
    await until(() => expect(shown.length).toBe(COUNT))

    expect(heard).toEqual(inOrder)
    expect(shown).toEqual(inOrder)
    expect(renders).toBe(before)
  })
})

it('five components have one connection, and none soon after they are gone', async () => {
  const Component = () => {
    void useWebSocket(server.url).isConnected
    useMessage(server.url, 'FLOW_STATUS', () => {})
    return null
  }
  const root = mount(...Array<() => null>(5).fill(Component))
  await until(() => expect(server.open).toHaveLength(1))

  root.unmount()

  await until(() => expect(server.open).toHaveLength(0))
  expect(server.links).toHaveLength(1)
})
