package io.github.signalhub.spi;

import io.github.signalhub.connection.DisconnectReason;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * The hub, as a transport sees it: the place where links are announced. {@link #register} and
 * {@link #unregister} are confined to the link's {@linkplain Connection#loop() loop}. All others
 * are thread-safe.
 *
 * <p>A server that has a transport uses {@link #attach}, {@link #drain} and {@link #detach}. A
 * registrar that is not a hub can leave them as they are.
 */
public interface Registrar {
  /**
   * Makes a new client of this link. Its frames can be taken from {@link Inbound#outbound()} at
   * once.
   *
   * @param connection the link; used by the hub until {@link #unregister}
   * @param handshake the agreement of when the link was opened
   * @return where the peer's messages go; never {@code null}
   * @throws IllegalArgumentException if the handshake breaks a limit of the hub, such as {@link
   *     #maxTopicsPerClient}; the transport refuses the link
   * @throws IllegalStateException if the hub is closed; the transport then closes the link with
   *     {@link DisconnectReason#GOING_AWAY}
   */
  Inbound register(Connection connection, Handshake handshake);

  /**
   * Returns how often rights were taken back so far. A transport that asks somebody whether a
   * client may connect reads this first, and hands it over with the {@linkplain
   * Handshake.Builder#decidedSince handshake}.
   *
   * @return a number that only grows; 0 by default
   */
  default long revocations() {
    return 0;
  }

  /**
   * Returns the time by which the credentials of clients end; by default that of the system. See
   * {@link Handshake.Builder#expiresAt}.
   */
  default Instant now() {
    return Instant.now();
  }

  /**
   * Returns whether clients are let in now. If not, a transport refuses handshakes with 503 and
   * {@code Retry-After}, so that clients come back, perhaps to another server. {@code true} by
   * default.
   */
  default boolean isAvailable() {
    return true;
  }

  /**
   * Ends the client of a link. Called exactly once for every registered link, whatever ended it.
   * Further calls do nothing.
   *
   * @param inbound the result of {@link #register}
   * @param reason why the link ended
   */
  void unregister(Inbound inbound, DisconnectReason reason);

  /**
   * Returns how many bytes a message of a peer may have, at least 1; 1 MiB by default. A hub checks
   * it again, so a transport need not. A transport that checks it closes the link with {@link
   * DisconnectReason#TOO_LARGE} before it keeps such a message. Constant.
   */
  default int maxClientMessageBytes() {
    return 1 << 20;
  }

  /**
   * Returns how many topics a client may follow, besides broadcasts and its user's; by default any
   * number. A handshake with more is refused before {@link #register}. Constant.
   */
  default int maxTopicsPerClient() {
    return Integer.MAX_VALUE;
  }

  /**
   * Returns the count of the messages that the transport keeps for a link's peer before the hub
   * takes them: whole ones, and parts of one. By default nothing is counted.
   *
   * @param handshake names the user or the address that has the share
   * @param evict is called if all clients hold too much and this link holds most. It drops the kept
   *     messages, gives their bytes back, and ends the link with {@link
   *     DisconnectReason#TRY_AGAIN_LATER}. It is called on any thread, at any time until nothing is
   *     kept; idempotent
   */
  default Reservation reservation(Handshake handshake, Runnable evict) {
    return Reservation.UNCOUNTED;
  }

  /**
   * Starts a transport whose links are registered here. A hub also stops it when the hub is closed.
   *
   * @throws IOException if the transport cannot be opened
   * @throws IllegalStateException if the hub is closed
   */
  default void attach(Transport transport) throws IOException {
    transport.start(this);
  }

  /**
   * Ends the clients of a transport in good order, and waits for their end. By default does
   * nothing: the transport then says goodbye to them alone.
   *
   * @param atMost how long to wait
   * @throws IllegalArgumentException if it is negative
   */
  default void drain(Transport transport, Duration atMost) {}

  /**
   * Ends the clients of a transport in good order, and waits for their end. By default as {@link
   * #drain(Transport, Duration)}.
   *
   * @param atMost how long to wait
   * @param returnOver over which time its clients come back
   * @throws IllegalArgumentException if one of them is negative
   */
  default void drain(Transport transport, Duration atMost, Duration returnOver) {
    drain(transport, atMost);
  }

  /** Forgets a transport that was stopped by its owner. By default does nothing. */
  default void detach(Transport transport) {}
}
