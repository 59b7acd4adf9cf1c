const ID = /^[\da-f]{16}-\d{16}$/
const EPOCH = 16

/** Whether `value` is the id of a message: 16 hex digits of epoch, `-`, 16 decimal digits of offset. */
export const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

/** The part of an id that is the same for all messages of one hub, until it loses its log. */
export const epochOf = (id: string): string => id.slice(0, EPOCH)

/**
 * Whether `id` is one and comes after `seen`, which may be none. Ids of another epoch do: the hub that counted
 * `seen` is gone.
 */
export const isNewer = (id: unknown, seen: unknown): boolean =>
  isId(id) && (!isId(seen) || epochOf(id) !== epochOf(seen) || id > seen) // fixed width: text order is offset order
