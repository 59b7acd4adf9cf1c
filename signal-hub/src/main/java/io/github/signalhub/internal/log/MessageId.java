package io.github.signalhub.internal.log;

import io.github.signalhub.spi.HandshakeQuery;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A message's place in a hub's one order, as peers see it: {@code <16 hex digits>-<16 decimal
 * digits>}. The first part is the epoch, new whenever a hub starts with an empty log; offsets of
 * different epochs cannot be compared. Immutable.
 *
 * @param epoch 64 random bits
 * @param offset 0 (before the first message) to 2^53 − 1
 */
public record MessageId(long epoch, long offset) {
  private static final int EPOCH_DIGITS = 16;
  static final int OFFSET_DIGITS = 16;

  /**
   * Reads an id.
   *
   * @return the id; empty if the text is not exactly of the form that {@link #toString} writes
   */
  public static Optional<MessageId> parse(String text) {
    if (!HandshakeQuery.isMessageId(text)) {
      return Optional.empty();
    }
    long epoch = HexFormat.fromHexDigitsToLong(text, 0, EPOCH_DIGITS);
    return Optional.of(new MessageId(epoch, Long.parseLong(text.substring(EPOCH_DIGITS + 1))));
  }

  /** Returns the id's text. */
  @Override
  public String toString() {
    byte[] digits = new byte[OFFSET_DIGITS];
    writeOffset(offset, digits);
    return HexFormat.of().toHexDigits(epoch) + "-" + new String(digits, StandardCharsets.US_ASCII);
  }

  /** Writes an offset in decimal digits with leading zeros. */
  static void writeOffset(long offset, byte[] into) {
    long rest = offset;
    for (int i = into.length - 1; i >= 0; i--) {
      into[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /**
   * Counts the digits of an offset up by one. It touches one digit nine times out of ten, where
   * writing an offset would divide sixteen times under the log's lock.
   */
  static void incrementOffset(byte[] digits) {
    int i = digits.length - 1;
    while (digits[i] == '9') {
      digits[i--] = '0';
    }
    digits[i]++;
  }
}
