'use client'

export * from './core-topics.js'
export { useTopic } from './useTopic.js'
