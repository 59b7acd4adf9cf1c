/**
 * Returns `url` as an address that a WebSocket takes. A relative one is resolved against the page, as browsers do for
 * links. `http` becomes `ws`, and `https` becomes `wss`. An absolute one otherwise stays as it is written, because some
 * platforms' `URL` changes it. Without a page, a relative one stays too: opening it then tells the error.
 */
export function resolveUrl(url: string): string {
  let address = url
  if (!/^(ws|http)s?:/i.test(url)) {
    try {
      address = new URL(url, location.href).href
    } catch {}
  }
  return address.replace(/^http/i, 'ws').replace(/#.*/, '') // a WebSocket URL has no hash (RFC 6455 §3)
}
