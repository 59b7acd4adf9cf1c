package io.github.signalhub.spi;

import io.github.signalhub.connection.DisconnectReason;

/**
 * One connection of a platform, as its {@link Link} drives it. It moves bytes or texts, and decides
 * nothing. Every method is called on the link's loop, and must not wait for the peer. If a method
 * throws, the connection is cut.
 */
public interface PlatformConnection {
  /**
   * Says that there may be something to take from the link. The platform takes and writes until
   * nothing is left or it accepts no more. In the second case it goes on by itself, as soon as it
   * accepts bytes again.
   */
  void flush();

  /**
   * Stops or restarts reading from the peer. Messages that were read before and kept are handed to
   * the link after the call that restarts.
   */
  void setReadEnabled(boolean enabled);

  /**
   * Starts the closing handshake. Nothing is to be sent after it. The platform calls {@link
   * Link#closeSent} when it was sent, and {@link Link#closed} when the connection is gone. If it
   * cannot send this reason, it cuts the connection.
   */
  void sendClose(DisconnectReason reason);

  /** Ends the connection at once. The link counts it as gone. */
  void cut();

  /** Says that the hub began the end of the connection. By default does nothing. */
  default void closing() {}

  /**
   * Sends a ping. Anything that comes from the peer afterwards counts as an answer: the platform
   * calls {@link Link#received}.
   *
   * @return whether the platform can; by default {@code false}, and a silent peer is not noticed
   */
  default boolean ping() {
    return false;
  }

  /**
   * Returns how many bytes the peer has taken in all. If frames wait for the peer and it takes none
   * of their bytes, it is cut.
   *
   * @param accepted how many bytes the platform has accepted, which is returned by default
   */
  default long takenBytes(long accepted) {
    return accepted;
  }

  /** Returns by how much {@link #takenBytes} has to grow to mean anything: 1 by default. */
  default int takenPrecisionBytes() {
    return 1;
  }
}
