package io.github.signalhub;

import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * What clients may say to a hub. Immutable.
 *
 * @param joins decides which topics a client may join by itself; empty: none
 * @param maxMessageBytes the most bytes of a client's message
 * @param maxMessagesPerSecond the most messages of one client; 0: any number
 * @param maxWaitingBytes the most heap that all messages take which listeners have not done with
 * @param anonymousSessionsByAddress whether sessions of clients without a user are bound to their
 *     addresses
 */
record InboundOptions(
    Optional<BiPredicate<? super Client, ? super String>> joins,
    int maxMessageBytes,
    int maxMessagesPerSecond,
    long maxWaitingBytes,
    boolean anonymousSessionsByAddress) {
  private static final long MAX_DEFAULT_WAITING_BYTES = 128L << 20;

  static final InboundOptions DEFAULT =
      new InboundOptions(
          Optional.empty(),
          Integer.MAX_VALUE,
          0,
          Math.min(MAX_DEFAULT_WAITING_BYTES, Runtime.getRuntime().maxMemory() / 4),
          false);

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
    if (maxWaitingBytes < 2) {
      throw new IllegalArgumentException(
          "expected maxWaitingBytes of at least 2, was " + maxWaitingBytes);
    }
  }

  InboundOptions withJoins(BiPredicate<? super Client, ? super String> joins) {
    return new InboundOptions(
        Optional.of(joins),
        maxMessageBytes,
        maxMessagesPerSecond,
        maxWaitingBytes,
        anonymousSessionsByAddress);
  }

  InboundOptions withMaxMessageBytes(int maxMessageBytes) {
    return new InboundOptions(
        joins, maxMessageBytes, maxMessagesPerSecond, maxWaitingBytes, anonymousSessionsByAddress);
  }

  InboundOptions withMaxMessagesPerSecond(int maxMessagesPerSecond) {
    return new InboundOptions(
        joins, maxMessageBytes, maxMessagesPerSecond, maxWaitingBytes, anonymousSessionsByAddress);
  }

  InboundOptions withMaxWaitingBytes(long maxWaitingBytes) {
    return new InboundOptions(
        joins, maxMessageBytes, maxMessagesPerSecond, maxWaitingBytes, anonymousSessionsByAddress);
  }

  InboundOptions withAnonymousSessionsByAddress() {
    return new InboundOptions(joins, maxMessageBytes, maxMessagesPerSecond, maxWaitingBytes, true);
  }
}
