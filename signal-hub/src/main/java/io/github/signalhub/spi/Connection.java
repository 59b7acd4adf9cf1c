package io.github.signalhub.spi;

import io.github.signalhub.connection.DisconnectReason;

/**
 * One live connection, as the hub sees it: a {@link Link}.
 *
 * <p>The hub owns what is sent and every limit on it. Every method is safe from any thread, returns
 * without blocking, and does nothing once the connection is gone. The hub may call {@link #close}
 * and {@link #abort} before {@link Registrar#register} returns.
 */
public interface Connection {
  /** Returns the loop that this link lives on; constant for its lifetime. */
  Loop loop();

  /** Returns the wire form negotiated for this link; constant for its lifetime. */
  WireForm wireForm();

  /**
   * Says that {@link Outbound} may have something to take. The transport takes and writes until the
   * outbound is empty or the link accepts no more. In the second case it goes on by itself, as soon
   * as the link accepts bytes again. On the loop a transport that can write at once does so within
   * this call.
   */
  void requestFlush();

  /**
   * Stops or restarts reading from the peer, so that slow handlers push back on it. Of several
   * calls the latest counts, from whatever threads they come. Messages that were read before and
   * kept are handed out after the call that restarts. Its caller may hold locks, so they are not
   * handed out within the call.
   */
  void setReadEnabled(boolean enabled);

  /**
   * Ends the link in good order: {@linkplain Outbound#seal seals} its outbound, sends the rest of
   * it, then closes with this reason. Idempotent; a later {@link #abort} overtakes it.
   */
  void close(DisconnectReason reason);

  /**
   * Ends the link without sending the rest. Only a half-written frame is finished, because nothing
   * may come between its parts. Idempotent. The transport bounds the time that either ending takes:
   * a peer that does not read is cut.
   */
  void abort(DisconnectReason reason);
}
