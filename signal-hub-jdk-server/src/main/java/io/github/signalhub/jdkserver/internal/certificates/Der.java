package io.github.signalhub.jdkserver.internal.certificates;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Values in DER (X.690), as far as private keys need them. Reads one value after the other, and
 * writes values. Not thread-safe.
 */
final class Der {
  static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;

  private final ByteBuffer rest;

  /** Creates a reader of values that follow each other. */
  Der(byte[] encoded) {
    this.rest = ByteBuffer.wrap(encoded);
  }

  /**
   * Returns a reader of the parts of the next value, which is a sequence.
   *
   * @throws IllegalArgumentException if it is none
   */
  Der nextSequence() {
    return new Der(next(SEQUENCE));
  }

  /** Returns whether the next value has this tag. */
  boolean nextIs(int tag) {
    return rest.hasRemaining() && (rest.get(rest.position()) & 0xFF) == tag;
  }

  /**
   * Returns the content of the next value.
   *
   * @throws IllegalArgumentException if it has another tag, or is longer than what is left
   */
  byte[] next(int tag) {
    if (!nextIs(tag)) {
      throw new IllegalArgumentException("expected DER with the tag " + tag);
    }
    rest.get();
    byte[] content = new byte[length()];
    rest.get(content);
    return content;
  }

  private int length() {
    int first = rest.hasRemaining() ? rest.get() & 0xFF : 0xFF;
    int digits = first < 0x80 ? 0 : first & 0x7F;
    long length = first < 0x80 ? first : 0;
    for (int i = 0; i < digits && length <= rest.remaining() && rest.hasRemaining(); i++) {
      length = length << 8 | rest.get() & 0xFF;
    }
    if (length > rest.remaining()) {
      throw new IllegalArgumentException("expected DER of " + length + " bytes, was less");
    }
    return (int) length;
  }

  /** Returns the encoding of a value with this tag, of these parts. */
  static byte[] of(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.write(tag);
    int length = content.size();
    if (length < 0x80) {
      encoded.write(length);
    } else {
      int digits = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / Byte.SIZE;
      encoded.write(0x80 | digits);
      for (int i = digits - 1; i >= 0; i--) {
        encoded.write(length >> i * Byte.SIZE);
      }
    }
    encoded.writeBytes(content.toByteArray());
    return encoded.toByteArray();
  }
}
