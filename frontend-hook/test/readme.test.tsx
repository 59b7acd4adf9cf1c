import { readFileSync } from 'node:fs'
import * as testingLibrary from '@testing-library/react'
import { createElement, type ReactElement, useEffect } from 'react'
import ts from 'typescript'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as main from '../src/index.js'
import { DEFAULTS } from '../src/options.js'
import * as testing from '../src/testing.js'

const readme = readFileSync(`${import.meta.dirname}/../README.md`, 'utf8')
const blocks = [...readme.matchAll(/```tsx?\n(.*?)```/gs)].map(([, text]) => text as string)

/** Runs the block that has `part` in it; what it imports comes from `modules`, and its globals from `globals`. */
function runBlock(
  part: string,
  modules: { [name: string]: unknown },
  globals: { [name: string]: unknown } = {},
) {
  const block = blocks.filter((text) => text.includes(part))
  expect(block).toHaveLength(1)
  const { outputText } = ts.transpileModule(block[0] as string, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      jsx: ts.JsxEmit.React,
    },
  })
  const exports: { [name: string]: unknown } = {}
  const names = Object.keys(globals)
  const task = new Function(
    'require',
    'exports',
    'React',
    ...names,
    `${outputText}\nreturn typeof Light === 'undefined' ? undefined : Light`,
  )
  const Light = task(
    (name: string) => modules[name],
    exports,
    { createElement },
    ...names.map((name) => globals[name]),
  )
  return { exports, Light }
}

afterEach(() => {
  vi.useRealTimers()
})

const modules = { 'use-flow-socket': main, 'use-flow-socket/testing': testing, react: { useEffect } }

describe('The test of the README', () => {
  const tests: (() => void)[] = []

  beforeEach(() => {
    const { Light } = runBlock('function Light()', modules)
    runBlock('createFakeServer, fakeId', modules, {
      ...testingLibrary,
      Light,
      vi,
      expect,
      it: (_: string, test: () => void) => tests.push(test),
    })
  })

  // Twice in one file, as users have them.
  it('passes', () => tests[0]?.())
  it('passes again', () => tests[1]?.())
})

describe('The recipe for React Native', () => {
  it('looks after the connection when the app is back', () => {
    vi.useFakeTimers()
    const server = testing.createFakeServer()
    vi.stubGlobal('WebSocket', server.WebSocket)
    const listeners = new Set<(state: string) => void>()
    const AppState = {
      addEventListener(_: string, listener: (state: string) => void) {
        listeners.add(listener)
        return { remove: () => listeners.delete(listener) }
      },
    }
    const { exports } = runBlock('AppState.addEventListener', { ...modules, 'react-native': { AppState } })
    const { container, unmount } = testingLibrary.render(createElement(exports.Live as () => ReactElement))
    testingLibrary.act(() => void vi.advanceTimersByTime(0))
    testingLibrary.act(() => {
      server.last.accept()
      server.last.hello({ syncMs: 15_000 })
    })
    expect(container.textContent).toBe('Connected')

    for (const state of ['background', 'active']) for (const listener of listeners) listener(state)
    testingLibrary.act(() => void vi.advanceTimersByTime(1_000))

    expect(server.connections.map(({ closedWith }) => closedWith)).toEqual([1000, undefined])
    unmount()
    expect(listeners.size).toBe(0)
  })
})

it('the defaults of the README are those of the code', () => {
  const rows = readme.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)

  expect(
    Object.fromEntries([...rows].map(([, name, value]) => [name, Number(value?.replaceAll(',', ''))])),
  ).toEqual(DEFAULTS)
})
