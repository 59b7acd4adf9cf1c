package io.github.signalhub.internal.log;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A message's place in a hub's one order, as peers see it: {@code <16 hex digits>-<16 decimal
 * digits>}. The first part is the epoch, new whenever a hub starts with an empty log; offsets of
 * different epochs cannot be compared. Immutable.
 *
 * @param epoch 64 random bits
 * @param offset 0 (before the first message) to {@link #MAX_OFFSET}
 */
public record MessageId(long epoch, long offset) {
  /** The largest offset: 2^53 − 1, so that JavaScript reads it exactly. */
  public static final long MAX_OFFSET = (1L << 53) - 1;

  /** How many characters an id has. */
  public static final int LENGTH = 33;

  static final int EPOCH_DIGITS = 16;
  static final int OFFSET_DIGITS = 16;

  /**
   * Reads an id.
   *
   * @return the id; empty if the text is not exactly of the form that {@link #toString} writes
   */
  public static Optional<MessageId> parse(String text) {
    if (text.length() != LENGTH || text.charAt(EPOCH_DIGITS) != '-') {
      return Optional.empty();
    }
    for (int i = 0; i < EPOCH_DIGITS; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return Optional.empty();
      }
    }
    long offset = 0;
    for (int i = EPOCH_DIGITS + 1; i < LENGTH; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return Optional.empty();
      }
      offset = offset * 10 + (c - '0');
    }
    if (offset > MAX_OFFSET) {
      return Optional.empty();
    }
    return Optional.of(new MessageId(HexFormat.fromHexDigitsToLong(text, 0, EPOCH_DIGITS), offset));
  }

  /** Returns the id's text. */
  @Override
  public String toString() {
    byte[] digits = new byte[OFFSET_DIGITS];
    OffsetDigits.write(offset, digits);
    return HexFormat.of().toHexDigits(epoch) + "-" + new String(digits, StandardCharsets.US_ASCII);
  }
}
