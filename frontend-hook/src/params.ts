/** Parameters of an address, by name. */
export interface Params {
  [name: string]: string
}

/** The part of the browser's WebSocket that a socket uses. */
type Link = Pick<WebSocket, 'readyState' | 'onopen' | 'onmessage' | 'onclose' | 'onerror' | 'send' | 'close'>

const CONNECTING = 0
const CLOSED = 3

/**
 * Returns a class for the option `WebSocket`. Each of its connections has parameters of its own in its address, such
 * as a token. The class calls `params` before each connection, and waits for it within `connectTimeoutMs`. If `params`
 * throws or rejects, the connection fails, and the error is the `reason` of the socket's `error`.
 *
 * Make the class once, outside of components. `Base` is the class that opens the connections. Default: the global one.
 */
export function withParams(
  params: () => Params | Promise<Params>,
  Base?: typeof WebSocket,
): typeof WebSocket {
  class WebSocketWithParams implements Link {
    onopen: WebSocket['onopen'] = null
    onmessage: WebSocket['onmessage'] = null
    onclose: WebSocket['onclose'] = null
    onerror: WebSocket['onerror'] = null
    private link: WebSocket | undefined
    private isClosed = false // by the socket, or because `params` failed

    constructor(url: string, protocols?: string | string[]) {
      this.open(url, protocols).catch((error) => {
        if (this.isClosed) return
        this.isClosed = true
        this.call('onclose', { code: 1006, reason: `${error}` })
      })
    }

    get readyState() {
      return this.link?.readyState ?? (this.isClosed ? CLOSED : CONNECTING)
    }

    send(text: string) {
      this.link?.send(text)
    }

    close(code?: number, reason?: string) {
      this.isClosed = true
      this.link?.close(code, reason)
    }

    private async open(url: string, protocols?: string | string[]) {
      const query = `${new URLSearchParams(await params())}`
      if (this.isClosed) return
      const address = query ? url + (url.includes('?') ? '&' : '?') + query : url
      const link = new (Base ?? WebSocket)(address, protocols)
      this.link = link
      for (const name of ['onopen', 'onmessage', 'onclose', 'onerror'] as const)
        link[name] = (event: unknown) => this.call(name, event)
    }

    private call(name: 'onopen' | 'onmessage' | 'onclose' | 'onerror', event: unknown) {
      ;(this[name] as ((event: unknown) => void) | null)?.(event)
    }
  }
  return WebSocketWithParams as unknown as typeof WebSocket
}
