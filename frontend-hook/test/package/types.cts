import flowSocket = require('use-flow-socket')
import ack = require('use-flow-socket/ack')
import core = require('use-flow-socket/core')
import coreTopics = require('use-flow-socket/core/topics')
import topics = require('use-flow-socket/topics')

const socket: core.Socket = flowSocket.createSocket('/ws')
const hook: typeof flowSocket.useWebSocket = flowSocket.default
const sent: Promise<void> = ack.sendAcknowledged(socket, 'FLOW_STATUS', {
  flowId: 1,
  status: 'FAILED',
  timestamp: '',
})
const topic: topics.JoinedTopic = coreTopics.joinTopic(socket, 'a', { after: 'x' })
export = [socket, hook, sent, topic]
