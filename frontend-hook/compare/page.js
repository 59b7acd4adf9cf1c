// What every peer is put through, in the browser.

import { useLast } from 'peer'
import { createElement as h, useCallback, useEffect } from 'react'
import { createRoot } from 'react-dom/client'

const root = createRoot(document.body.appendChild(document.createElement('div')))
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const noop = () => {}

/** A component that reads the last message; counts what it is given. */
globalThis.startBurst = (url) => {
  const counts = { handled: 0, shown: 0, renders: 0 }
  const seen = new Set()
  function Reader() {
    counts.renders++
    const last = useLast(
      url,
      useCallback(() => {
        counts.handled++
      }, []),
    )
    useEffect(() => {
      if (last) seen.add(last)
      counts.shown = seen.size
    }, [last])
    return null
  }
  root.render(h(Reader))
  globalThis.counts = counts
}

/**
 * `clients` components, each with a connection of its own, and a server that is gone for `goneMs`: tells when each came
 * back, in milliseconds after it was. The server is a WebSocket class: no limit of browser or machine smooths the rush.
 */
globalThis.restart = async ({ clients, goneMs, watchMs }) => {
  let isUp = true
  const open = new Set()
  const returns = []
  let upAt = 0
  class Scripted extends EventTarget {
    static CONNECTING = 0
    static OPEN = 1
    static CLOSING = 2
    static CLOSED = 3
    readyState = 0
    binaryType = 'blob'
    protocol = ''
    extensions = ''
    bufferedAmount = 0
    constructor(url) {
      super()
      this.url = `${url}`
      setTimeout(() => {
        if (this.readyState) return
        if (!isUp) return this.end(1006)
        open.add(this)
        if (upAt) returns.push(performance.now() - upAt)
        this.readyState = 1
        this.say('open', new Event('open'))
        if (this.url.includes('EIO=4')) {
          const hello =
            '0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}'
          this.say('message', new MessageEvent('message', { data: hello }))
        }
      }, 1)
    }
    say(type, event) {
      this[`on${type}`]?.(event)
      this.dispatchEvent(event)
    }
    send() {}
    end(code) {
      if (this.readyState === 3) return
      this.readyState = 3
      open.delete(this)
      if (code === 1006) this.say('error', new Event('error'))
      this.say('close', new CloseEvent('close', { code, wasClean: code !== 1006 }))
    }
    close(code = 1000) {
      this.readyState = 2
      setTimeout(() => this.end(code), 1)
    }
  }
  globalThis.WebSocket = Scripted
  function Client({ url }) {
    useLast(url, noop)
    return null
  }
  root.render(
    Array.from({ length: clients }, (_, n) => h(Client, { key: n, url: `ws://127.0.0.1:1/ws?client=${n}` })),
  )
  for (let waited = 0; open.size < clients && waited < 10_000; waited += 50) await sleep(50)
  const connected = open.size
  await sleep(6_000) // longer than what any of them takes for stable
  isUp = false
  for (const link of [...open]) link.end(1006)
  await sleep(goneMs)
  isUp = true
  upAt = performance.now()
  await sleep(watchMs)
  return { connected, returns }
}
