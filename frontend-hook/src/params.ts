/** Parameters of an address, by name. */
export interface Params {
  [name: string]: string
}

/** The part of the browser's WebSocket that a socket uses. */
type Link = Pick<WebSocket, 'readyState' | 'onopen' | 'onmessage' | 'onclose' | 'onerror' | 'send' | 'close'>

const CONNECTING = 0
const CLOSED = 3

/**
 * Returns a class for the option `WebSocket` whose connections have parameters of their own in their address, such
 * as a token: `params` is called before each, and may take its time within `connectTimeoutMs`. What it throws, or
 * rejects with, counts as a connection that failed, and is the `reason` of the socket's `error`.
 *
 * Make it once, outside of components. `Base` is the class to open connections with; default: the global one.
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
    private isUnwanted = false

    constructor(url: string, protocols?: string | string[]) {
      this.open(url, protocols).catch((error) => {
        if (this.isUnwanted) return
        this.isUnwanted = true
        this.call('onclose', { code: 1006, reason: `${error}` })
      })
    }

    get readyState() {
      return this.link?.readyState ?? (this.isUnwanted ? CLOSED : CONNECTING)
    }

    send(text: string) {
      this.link?.send(text)
    }

    close(code?: number, reason?: string) {
      this.isUnwanted = true
      this.link?.close(code, reason)
    }

    private async open(url: string, protocols?: string | string[]) {
      const query = `${new URLSearchParams(await params())}`
      if (this.isUnwanted) return
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
