/**
 * Makes `url` an address that a WebSocket takes: a relative one is resolved against the page's, as browsers do for
 * links; `http` becomes `ws` and `https` `wss`. An absolute one stays as it is written, because not every platform's
 * `URL` returns what it was given. Without a page a relative one stays too: opening it will tell what is wrong.
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
