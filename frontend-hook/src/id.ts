const ID = /^[\da-f]{16}-\d{16}$/
const EPOCH = 16

/** Whether `value` is the id of a message: 16 hex digits of epoch, `-`, 16 decimal digits of offset. */
export const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

/** Returns the epoch of `id`. All messages of one hub have the same epoch, until the hub loses its log. */
export const epochOf = (id: unknown): string => `${id}`.slice(0, EPOCH)

/** Returns the id before all messages of the epoch of `id`. */
export const beginningOf = (id: unknown): string => `${epochOf(id)}-0000000000000000`

/**
 * Whether `id` is an id that comes after `seen`. An id of another epoch does, because the hub that counted `seen` is
 * gone. Every id comes after a `seen` that is no id.
 */
export const isNewer = (id: unknown, seen: unknown): boolean =>
  isId(id) && (!isId(seen) || epochOf(id) !== epochOf(seen) || id > seen) // the width is fixed, so the order of texts is that of offsets
