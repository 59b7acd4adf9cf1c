const ID = /^[\da-f]{16}-\d{16}$/
const EPOCH = 16

/** Whether `value` is the id of a message: 16 hex digits of epoch, `-`, 16 decimal digits of offset. */
export const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

/** Whether `id` comes after `seen`. Ids of another epoch do: the hub that counted `seen` is gone. */
export const isNewer = (id: string, seen: unknown): boolean =>
  !isId(seen) || !id.startsWith(seen.slice(0, EPOCH)) || id > seen // fixed width: text order is offset order

/** The part of an id that is the same for all messages of one hub, until it loses its log. */
export const epochOf = (id: string): string => id.slice(0, EPOCH)
