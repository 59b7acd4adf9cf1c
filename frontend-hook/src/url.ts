/**
 * Makes `url` absolute as browsers do for links: against the page's address, `http` becoming `ws` and
 * `https` `wss`. Without a page (on a server) an absolute url is needed.
 *
 * @throws TypeError if `url` is relative and there is no page, or if it is no URL at all
 */
export function resolveUrl(url: string, page = globalThis.location?.href): string {
  const absolute = new URL(url, page)
  absolute.protocol = absolute.protocol.replace('http', 'ws')
  absolute.hash = '' // a WebSocket URL must have none (RFC 6455 §3)
  return absolute.href
}

/** Appends `parameters` to the query of `url`, which stays as it is, character for character. */
export const withQuery = (url: string, parameters: string): string =>
  url + (url.includes('?') ? '&' : '?') + parameters
