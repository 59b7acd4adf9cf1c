package io.github.signalhub.jdkserver.internal.ws;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Incremental check that bytes are UTF-8 (RFC 3629 §4): no overlong forms, no surrogates, nothing
 * above U+10FFFF. Accepts bytes in any chunking and fails at the first byte that no valid text has
 * in its place. Not thread-safe: confined to the connection's event loop.
 */
final class Utf8Validator {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long NON_ASCII = 0x8080_8080_8080_8080L;

  private int expected; // continuation bytes still to come of the character at hand
  private int lowest; // the range of the next of them
  private int highest;

  /** Forgets the text so far; the next byte begins a new one. */
  void reset() {
    expected = 0;
  }

  /** Returns whether the text so far ends with a whole character. An empty text does. */
  boolean isComplete() {
    return expected == 0;
  }

  /** Takes more bytes. Returns whether all bytes so far are the beginning of a valid text. */
  boolean accept(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      if (expected == 0) {
        i = skipAscii(bytes, i, to);
        if (i == to) {
          return true;
        }
        if (!begin(bytes[i++] & 0xFF)) {
          return false;
        }
      } else {
        int octet = bytes[i++] & 0xFF;
        if (octet < lowest || octet > highest) {
          return false;
        }
        go(expected - 1, 0x80, 0xBF);
      }
    }
    return true;
  }

  private static int skipAscii(byte[] bytes, int from, int to) {
    int i = from;
    while (i <= to - Long.BYTES && ((long) LONG.get(bytes, i) & NON_ASCII) == 0) {
      i += Long.BYTES;
    }
    while (i < to && bytes[i] >= 0) {
      i++;
    }
    return i;
  }

  /** Takes the first byte of a character that is not ASCII. */
  private boolean begin(int octet) {
    if (octet < 0xC2 || octet > 0xF4) {
      return false; // a continuation byte, an overlong form (C0, C1), or above U+10FFFF
    }
    if (octet < 0xE0) {
      go(1, 0x80, 0xBF);
    } else if (octet < 0xF0) {
      go(2, octet == 0xE0 ? 0xA0 : 0x80, octet == 0xED ? 0x9F : 0xBF); // overlong; surrogates
    } else {
      go(3, octet == 0xF0 ? 0x90 : 0x80, octet == 0xF4 ? 0x8F : 0xBF); // overlong; too high
    }
    return true;
  }

  private void go(int expected, int lowest, int highest) {
    this.expected = expected;
    this.lowest = lowest;
    this.highest = highest;
  }
}
