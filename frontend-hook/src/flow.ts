'use client'

export { type FlowState, foldFlow, type NodeState, UNKNOWN_FLOW } from './foldFlow.js'
export { type FollowedFlow, useFlow } from './useFlow.js'
