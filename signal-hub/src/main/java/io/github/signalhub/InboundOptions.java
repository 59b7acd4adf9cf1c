package io.github.signalhub;

import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * What clients may say to a hub. Immutable.
 *
 * @param joins decides which topics a client may join by itself; empty: none
 * @param maxMessageBytes the most bytes of a client's message
 * @param maxMessagesPerSecond the most messages of one client; 0: any number
 */
record InboundOptions(
    Optional<BiPredicate<? super Client, ? super String>> joins,
    int maxMessageBytes,
    int maxMessagesPerSecond) {
  static final InboundOptions DEFAULT = new InboundOptions(Optional.empty(), Integer.MAX_VALUE, 0);

  InboundOptions {
    if (maxMessageBytes < 1) {
      throw new IllegalArgumentException(
          "expected maxClientMessageBytes of at least 1, was " + maxMessageBytes);
    }
    if (maxMessagesPerSecond < 0) {
      throw new IllegalArgumentException(
          "expected maxClientMessagesPerSecond of at least 1, or 0 for any number, was "
              + maxMessagesPerSecond);
    }
  }

  InboundOptions withJoins(BiPredicate<? super Client, ? super String> joins) {
    return new InboundOptions(Optional.of(joins), maxMessageBytes, maxMessagesPerSecond);
  }

  InboundOptions withMaxMessageBytes(int maxMessageBytes) {
    return new InboundOptions(joins, maxMessageBytes, maxMessagesPerSecond);
  }

  InboundOptions withMaxMessagesPerSecond(int maxMessagesPerSecond) {
    return new InboundOptions(joins, maxMessageBytes, maxMessagesPerSecond);
  }
}
