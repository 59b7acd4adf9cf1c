export { type FlowState, foldFlow, type NodeState, UNKNOWN_FLOW } from './foldFlow.js'
