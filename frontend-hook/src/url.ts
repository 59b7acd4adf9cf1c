/**
 * Makes `url` absolute as browsers do for links: against the page's address, `http` becoming `ws` and
 * `https` `wss`. What cannot be resolved is returned as it is: opening it will tell what is wrong.
 */
export function resolveUrl(url: string): string {
  try {
    const absolute = new URL(url, globalThis.location?.href)
    absolute.protocol = absolute.protocol.replace('http', 'ws')
    absolute.hash = '' // a WebSocket URL must have none (RFC 6455 §3)
    return absolute.href
  } catch {
    return url
  }
}
