/**
 * Returns `bytes` random bytes as lower-case hex digits. Their source is cryptographic, so nobody can guess them.
 *
 * @throws Error if the platform has no such source
 */
export function randomHex(bytes: number): string {
  if (!globalThis.crypto?.getRandomValues) {
    throw new Error(
      "expected crypto.getRandomValues, to draw the session's secret with; in React Native, import " +
        "'react-native-get-random-values' before everything else",
    )
  }
  const drawn = crypto.getRandomValues(new Uint8Array(bytes))
  return Array.from(drawn, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
