/** Where the server is that the tests talk to. */
const host = `localhost:${process.env.ECHO_PORT}`
const secure = process.env.ECHO_SCHEME === 'wss'

/** With every character that an address may have unescaped; clients send them as they are. */
export const url = `${secure ? 'wss' : 'ws'}://${host}/ws?room=|{}^\\\`[]!$&()*,;:@/?'%`
export const pageUrl = `${secure ? 'https' : 'http'}://${host}/`

/** Texts that come back as they were sent. */
export const texts = [
  '',
  'hello',
  'κόσμε 💩 \u0000\uffff',
  'x'.repeat(125),
  'x'.repeat(126),
  'x'.repeat(65_536),
  '€'.repeat(Math.floor(2 ** 20 / 3)),
  'a'.repeat(2 ** 20),
]

/** Bytes that no compression makes shorter. */
export function randomBytes(length) {
  const bytes = new Uint8Array(length)
  let state = 1
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
