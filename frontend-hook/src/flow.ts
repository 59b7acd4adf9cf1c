'use client'

export * from './core-flow.js'
export { type FollowedFlow, useFlow } from './useFlow.js'
