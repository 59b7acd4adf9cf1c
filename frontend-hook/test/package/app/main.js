// An application, as a bundler sees it: it imports the package, and has a dependency that requires it.
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { useMessage, useWebSocket } from 'use-flow-socket'
import { sendAcknowledged } from 'use-flow-socket/ack'
import { useTopicOfDependency } from './dependency.cjs'

globalThis.startApp = (url, handler) => {
  function App() {
    useWebSocket(url)
    useTopicOfDependency(url, 'a')
    useMessage(url, 'FLOW_STATUS', handler)
    return null
  }
  const root = createRoot(document.createElement('div'))
  root.render(createElement(App))
  return { send: () => sendAcknowledged(url, 'FLOW_STATUS', {}), stop: () => root.unmount() }
}
