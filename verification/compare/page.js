// The exercise of every peer, in the browser.

import { useLast } from 'peer'
import { createElement as h, useCallback, useEffect } from 'react'
import { createRoot } from 'react-dom/client'

const root = createRoot(document.body.appendChild(document.createElement('div')))
const noop = () => {}

/** Mounts a component that reads the last message and counts the messages that it gets. */
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

globalThis.startClient = (url) => {
  function Client() {
    useLast(url, noop)
    return null
  }
  root.render(h(Client))
}
