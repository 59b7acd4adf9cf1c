// @ts-expect-error it has no types
import { injectIntoGlobalHook } from 'react-refresh/runtime'

injectIntoGlobalHook(globalThis) // before anything loads React
