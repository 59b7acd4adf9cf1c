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
    OffsetDigits.write(offset, digits);
    return HexFormat.of().toHexDigits(epoch) + "-" + new String(digits, StandardCharsets.US_ASCII);
  }
}
