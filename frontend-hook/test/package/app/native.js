// An application of React Native: what its runtime makes global, and the package imported and required.
import { URL, URLSearchParams } from 'react-native-url/URL'
import { createSocket, useWebSocket } from 'use-flow-socket'
import { sendAcknowledged, startSession } from 'use-flow-socket/ack'
import { joinTopic } from 'use-flow-socket/topics'

Object.assign(globalThis, { URL, URLSearchParams })
const required = { ...require('use-flow-socket'), ...require('use-flow-socket/topics') }

globalThis.app = { createSocket, joinTopic, required, sendAcknowledged, startSession, useWebSocket }
