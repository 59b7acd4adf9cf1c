package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A peer began with HTTP on a port with TLS. The answer may be in plain HTTP, because the peer
 * understands that.
 */
public final class NoTlsException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient ByteBuffer received;

  /**
   * Keeps what the peer has sent.
   *
   * @param received at most one loop's read buffer; it is copied
   */
  public NoTlsException(ByteBuffer received) {
    super("plain HTTP came where TLS is spoken");
    this.received = ByteBuffer.allocate(received.remaining()).put(received).flip();
  }

  /** Returns what the peer has sent. */
  ByteBuffer received() {
    return received;
  }
}
