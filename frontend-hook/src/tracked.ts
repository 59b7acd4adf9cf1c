/** Snapshots of an object, which notice what their user reads. */
export type Tracked<T> = readonly [
  /** Returns the present snapshot. It stays the same until a member changes that the user has read. */
  getSnapshot: () => T,
  /** Whether `snapshot` is the present one. */
  isPresent: (snapshot: T) => boolean,
  /** Makes a snapshot of `values`, present or past. Fields that a component reads from it count as read. */
  snapshotOf: (values: T) => T,
  /** The members that the user has read, of any snapshot. */
  read: ReadonlySet<keyof T>,
]

/** Tracks what a user reads of the values that `now` returns. */
export function makeTracked<T extends object>(now: () => T): Tracked<T> {
  const read = new Set<keyof T>()

  const snapshotOf = (values: T): T =>
    new Proxy(values, {
      get(_, member, self) {
        const key = member as keyof T
        // A member that was not read may have changed without a new snapshot. A handler that reads it first needs its
        // present value.
        if (self === snapshot && !read.has(key)) values[key] = now()[key]
        read.add(key)
        return values[key]
      },
    })
  let snapshot = snapshotOf(now())

  const getSnapshot = () => {
    const values = now()
    for (const key of read) {
      if (values[key] !== snapshot[key]) {
        snapshot = snapshotOf(values)
        break
      }
    }
    return snapshot
  }

  return [getSnapshot, (other) => other === snapshot, snapshotOf, read]
}
