export { type FakeClock, makeFakeClock } from './fakeClock.js'
export { FakeConnection, fakeId } from './fakeConnection.js'
export { createFakeServer, type FakeServer, type FakeServerOptions } from './fakeServer.js'
