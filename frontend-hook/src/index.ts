'use client'

export * from './core.js'
export type { Source } from './registry.js'
export { useLatest, useMessage } from './useMessage.js'
export {
  type FlowSocket,
  type HookOptions,
  useWebSocket,
  useWebSocket as default,
  useWebSocket as useFlowSocket,
} from './useWebSocket.js'
export type { SendMessage } from './view.js'
