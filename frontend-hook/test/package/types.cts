import flowSocket = require('use-flow-socket')
import ack = require('use-flow-socket/ack')
import core = require('use-flow-socket/core')
import coreTopics = require('use-flow-socket/core/topics')
import flow = require('use-flow-socket/flow')
import params = require('use-flow-socket/params')
import testing = require('use-flow-socket/testing')
import topics = require('use-flow-socket/topics')

const socket: core.Socket = flowSocket.createSocket('/ws')
const hook: typeof flowSocket.useWebSocket = flowSocket.default
const sent: Promise<void> = ack.sendAcknowledged(socket, 'FLOW_STATUS', {
  flowId: 1,
  status: 'FAILED',
  timestamp: '',
})
const topic: topics.JoinedTopic = coreTopics.joinTopic(socket, 'a', { after: 'x' })
const link: testing.FakeConnection = testing.createFakeServer().last
const followed: (source: string, flowId: number) => flow.FollowedFlow = flow.useFlow
socket.options.WebSocket = params.withParams(() => ({}))
export = [link, followed, socket, hook, sent, topic]
