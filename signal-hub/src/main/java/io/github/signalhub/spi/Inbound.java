package io.github.signalhub.spi;

import io.github.signalhub.connection.DisconnectReason;

/**
 * The hub's end of one link. It takes the peer's messages, and holds the frames for the peer.
 * Obtained from {@link Registrar#register}; confined to the link's loop, except where stated.
 */
public interface Inbound {
  /** Returns the id that the hub gave this client, as it appears in logs. Thread-safe. */
  String clientId();

  /** Returns the frames for the peer; the same object every time. Thread-safe. */
  Outbound outbound();

  /**
   * Says that the messages until {@link #readEnds} come from one read of the transport. The hub may
   * begin with them there, so that it wakes one thread for all of them. A transport that gives no
   * notice of its reads need not call these two.
   */
  default void readBegins() {}

  /** Says that the messages of a read have come. Does nothing if no read has begun. */
  default void readEnds() {}

  /**
   * Takes one complete text message of the peer.
   *
   * @param utf8 its bytes, valid UTF-8, at most as many as the transport admits; the callee owns
   *     the array from now on
   */
  void text(byte[] utf8);

  /**
   * Takes one complete binary message of the peer.
   *
   * @param bytes its bytes; the callee owns the array from now on
   * @return whether the application accepts binary messages; if {@code false} the transport aborts
   *     the link with {@link DisconnectReason#UNSUPPORTED_DATA}
   */
  boolean binary(byte[] bytes);

  /**
   * Counts that the client reached a limit of its carrier, which ends the link for it. By default
   * nothing is counted.
   */
  default void limitReached(ClientLimit limit) {}
}
