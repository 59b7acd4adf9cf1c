package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A peer began with what looks like HTTP where TLS is spoken. It can be told so in plain HTTP, the
 * one language that it is known to understand.
 */
public final class NoTlsException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient ByteBuffer received;

  /**
   * Keeps what the peer has sent.
   *
   * @param received at most what a loop's read buffer holds; copied
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
