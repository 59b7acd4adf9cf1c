export { type JoinedTopic, joinTopic, type TopicOptions } from './joinTopic.js'
export { TopicError, type TopicState } from './membership.js'
