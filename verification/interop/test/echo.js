/** The address of the server under test. */
const host = `localhost:${process.env.ECHO_PORT}`
const secure = process.env.ECHO_SCHEME === 'wss'

/** The query has every character that an address may have unescaped. Clients send them unchanged. */
export const url = `${secure ? 'wss' : 'ws'}://${host}/ws?room=|{}^\\\`[]!$&()*,;:@/?'%`
export const pageUrl = `${secure ? 'https' : 'http'}://${host}/`

/** Texts that must come back unchanged. */
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

/** Returns bytes that cannot be compressed. */
export function randomBytes(length) {
  const bytes = new Uint8Array(length)
  let state = 1
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
