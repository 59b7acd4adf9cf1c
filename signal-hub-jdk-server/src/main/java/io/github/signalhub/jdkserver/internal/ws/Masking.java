package io.github.signalhub.jdkserver.internal.ws;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Client-to-server masking (RFC 6455 §5.3), eight bytes at a time. Thread-safe: it has no state.
 */
final class Masking {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Masking() {}

  /**
   * Removes the mask from part of a payload, in place.
   *
   * @param bytes holds the part, from {@code from} to before {@code to}
   * @param maskingKey the key, its first byte on the wire the most significant
   * @param offset how many bytes of the payload come before the part; only its last two bits count
   */
  static void unmask(byte[] bytes, int from, int to, int maskingKey, long offset) {
    int key = Integer.rotateLeft(maskingKey, Byte.SIZE * ((int) offset & 3));
    long keyTwice = (key & 0xFFFF_FFFFL) << Integer.SIZE | (key & 0xFFFF_FFFFL);
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      LONG.set(bytes, i, (long) LONG.get(bytes, i) ^ keyTwice);
    }
    for (; i < to; i++) {
      key = Integer.rotateLeft(key, Byte.SIZE); // the next byte of the key is now the lowest
      bytes[i] ^= (byte) key;
    }
  }
}
