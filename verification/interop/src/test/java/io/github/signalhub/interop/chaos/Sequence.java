package io.github.signalhub.interop.chaos;

import java.util.Arrays;

/**
 * A sequence of messages, each with its offset and the number that the publisher wrote into it. Not
 * thread-safe.
 */
final class Sequence {
  private static final int NUMBER_BITS = 31;

  private long[] packed = new long[64];
  private int size;

  void add(long offset, int number) {
    if (size == packed.length) {
      packed = Arrays.copyOf(packed, size * 2);
    }
    packed[size++] = offset << NUMBER_BITS | number;
  }

  int size() {
    return size;
  }

  long offset(int index) {
    return packed[index] >>> NUMBER_BITS;
  }

  int number(int index) {
    return (int) (packed[index] & (1L << NUMBER_BITS) - 1);
  }

  /** Sorts by offset. */
  void sort() {
    Arrays.sort(packed, 0, size);
  }

  /** Returns the part after an offset and up to another one. This sequence must be sorted. */
  Sequence between(long after, long upTo) {
    Sequence part = new Sequence();
    for (int i = 0; i < size; i++) {
      if (offset(i) > after && offset(i) <= upTo) {
        part.add(offset(i), number(i));
      }
    }
    return part;
  }

  /** Describes the first difference from the expected sequence; empty if there is none. */
  String differenceFrom(Sequence expected) {
    for (int i = 0; i < Math.max(size, expected.size); i++) {
      if (i >= size || i >= expected.size || packed[i] != expected.packed[i]) {
        return "at %d of %d expected %s, was %s of %d"
            .formatted(i, expected.size, expected.show(i), show(i), size);
      }
    }
    return "";
  }

  private String show(int index) {
    return index < size ? "number " + number(index) + " at " + offset(index) : "nothing";
  }
}
