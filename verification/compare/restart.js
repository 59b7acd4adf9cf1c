/**
 * Runs in the browser. Opens `clients` pages, each with its own connection, and stops the server for
 * `goneMs`. Returns when each client came back, in milliseconds after the server was back. The server is a
 * WebSocket class, so no limit of the browser or the machine smooths the rush.
 */
export async function restart({ script, clients, goneMs, watchMs }) {
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  let isUp = true
  const open = new Set()
  const returns = new Map() // by client, because some come back more than once
  let upAt = 0
  class Scripted extends EventTarget {
    static CONNECTING = 0
    static OPEN = 1
    static CLOSING = 2
    static CLOSED = 3
    readyState = 0
    binaryType = 'blob'
    protocol = ''
    extensions = ''
    bufferedAmount = 0
    constructor(url) {
      super()
      this.url = `${url}`
      setTimeout(() => {
        if (this.readyState) return
        if (!isUp) return this.end(1006)
        open.add(this)
        const [client] = this.url.match(/client=\d+/)
        if (upAt && !returns.has(client)) returns.set(client, performance.now() - upAt)
        this.readyState = 1
        this.say('open', new Event('open'))
        if (this.url.includes('EIO=4')) {
          const hello =
            '0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}'
          this.say('message', new MessageEvent('message', { data: hello }))
        }
      }, 1)
    }
    say(type, event) {
      this[`on${type}`]?.(event)
      this.dispatchEvent(event)
    }
    send() {}
    end(code) {
      if (this.readyState === 3) return
      this.readyState = 3
      open.delete(this)
      if (code === 1006) this.say('error', new Event('error'))
      this.say('close', new CloseEvent('close', { code, wasClean: code !== 1006 }))
    }
    close(code = 1000) {
      this.readyState = 2
      setTimeout(() => this.end(code), 1)
    }
  }
  globalThis.WebSocket = Scripted
  for (let n = 0; n < clients; n++) {
    new Function(script)() // each client has its own page, so a library draws its random numbers for each one
    globalThis.startClient(`ws://127.0.0.1:1/ws?client=${n}`)
  }
  for (let waited = 0; open.size < clients && waited < 10_000; waited += 50) await sleep(50)
  const connected = open.size
  await sleep(6_000) // longer than the time after which any of them counts a connection as stable
  isUp = false
  for (const link of [...open]) link.end(1006)
  await sleep(goneMs)
  isUp = true
  upAt = performance.now()
  await sleep(watchMs)
  return { connected, returns: [...returns.values()] }
}
