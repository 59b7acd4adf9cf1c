/**
 * Makes `url` absolute as browsers do for links: against the page's address, `http` becoming `ws` and
 * `https` `wss`. What cannot be resolved is returned as it is: opening it will tell what is wrong.
 */
export function resolveUrl(url: string): string {
  try {
    const absolute = new URL(url, globalThis.location?.href).href
    return absolute.replace(/^http/, 'ws').replace(/#.*/, '') // a WebSocket URL has no hash (RFC 6455 §3)
  } catch {
    return url
  }
}
