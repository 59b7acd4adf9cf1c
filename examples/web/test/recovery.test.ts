import { describe, expect, test } from 'vitest'
import { describeRecovery, type Recovered, Recovery } from '../src/recovery.js'

const id = (offset: number) => `00000000000000aa-${String(offset).padStart(16, '0')}`

/** Returns the state of a page that has everything up to message 100 and is greeted again at 1,000 ms. */
function reconnected() {
  const recovery = new Recovery()
  recovery.greeted(id(90), true, 0)
  expect(recovery.greeted(id(100), true, 1_000)).toBe(true)
  return recovery
}

/** Receives the messages one millisecond after the other and returns the first result. */
function receive(recovery: Recovery, offsets: number[], from = 1_001): Recovered | null {
  return offsets.map((offset, i) => recovery.message(id(offset), from + i)).find(Boolean) ?? null
}

const offsets = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('after a reconnect', () => {
  test('the messages up to the last that was published are counted and timed', () => {
    const recovery = reconnected()
    expect(recovery.publishedUpTo(id(114))).toBeNull()

    const result = receive(recovery, offsets(101, 120))

    expect(result).toEqual({ missed: 14, lost: 0, ms: 14 })
    expect(describeRecovery(result as Recovered)).toBe('Reconnected. 14 messages missed, recovered in 14 ms.')
  })

  test('it does not matter whether the messages or the number comes first', () => {
    const recovery = reconnected()
    expect(receive(recovery, offsets(101, 114))).toBeNull()

    expect(recovery.publishedUpTo(id(114))).toEqual({ missed: 14, lost: 0, ms: 14 })
  })

  test.each([101, 107, 113])('message %i that does not come is 1 lost', (gone) => {
    const recovery = reconnected()
    recovery.publishedUpTo(id(114))

    const result = receive(
      recovery,
      offsets(101, 114).filter((offset) => offset !== gone),
    )

    expect(result).toMatchObject({ missed: 14, lost: 1 })
    expect(describeRecovery(result as Recovered)).toContain('14 messages missed, 13 recovered in')
    expect(describeRecovery(result as Recovered)).toContain('1 lost')
  })

  test('a row that was superseded meanwhile is neither missed nor lost', () => {
    const recovery = new Recovery()
    recovery.greeted(id(90), true, 0, true)
    recovery.greeted(id(100), true, 1_000, true)
    recovery.publishedUpTo(id(114))

    expect(receive(recovery, [101, 103, 110, 114])).toEqual({ missed: 4, lost: 0, ms: 4 })
  })

  test('the last one that does not come shows at the next message', () => {
    const recovery = reconnected()
    recovery.publishedUpTo(id(114))
    expect(receive(recovery, offsets(101, 113))).toBeNull()

    expect(recovery.message(id(115), 5_000)).toEqual({ missed: 14, lost: 1, ms: 13 })
  })

  test('or at the next `$sync`, if there is no message', () => {
    const recovery = reconnected()
    recovery.publishedUpTo(id(114))
    receive(recovery, offsets(101, 113))

    expect(recovery.sentUpTo(id(114))).toEqual({ missed: 14, lost: 1, ms: 13 })
  })

  test('nothing may have been missed', () => {
    const result = reconnected().publishedUpTo(id(100))

    expect(result).toEqual({ missed: 0, lost: 0, ms: 0 })
    expect(describeRecovery(result as Recovered)).toBe('Reconnected. No message was missed.')
  })

  test('what comes later is not counted', () => {
    const recovery = reconnected()
    recovery.publishedUpTo(id(101))
    expect(receive(recovery, [101])).toEqual({ missed: 1, lost: 0, ms: 1 })

    expect(receive(recovery, [102, 104])).toBeNull()
    expect(recovery.sentUpTo(id(104))).toBeNull()
  })

  test('one message is called a message', () => {
    expect(describeRecovery({ missed: 1, lost: 0, ms: 3 })).toBe(
      'Reconnected. 1 message missed, recovered in 3 ms.',
    )
  })
})

test('the first connection recovers nothing', () => {
  const recovery = new Recovery()

  expect(recovery.greeted(id(100), true, 0)).toBe(false)
  expect(recovery.message(id(102), 1)).toBeNull()
})

test('a connection that does not go on where the last one ended counts nothing', () => {
  const recovery = reconnected()

  expect(recovery.greeted(id(0), false, 2_000)).toBe(false)
  expect(recovery.publishedUpTo(id(5))).toBeNull()
})

test('a connection that is lost while it catches up is counted anew', () => {
  const recovery = reconnected()
  receive(recovery, [101, 102])

  recovery.greeted(id(102), true, 2_000)
  recovery.publishedUpTo(id(104))

  expect(receive(recovery, [103, 104], 2_001)).toEqual({ missed: 2, lost: 0, ms: 2 })
})
