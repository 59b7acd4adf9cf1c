package io.github.signalhub.jdkserver.internal.ws;

/**
 * A fault of the peer, with the close code that names it. It never leaves this package: {@link
 * WebSocketProtocol} turns it into a close frame. Its message is the close frame's reason. So it
 * names the broken rule, has at most 123 UTF-8 bytes, and quotes nothing that the peer sent.
 * Immutable.
 */
final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int closeCode;

  ProtocolException(int closeCode, String message) {
    super(message, null, false, false); // no stack trace: a peer must not make us pay for one
    this.closeCode = closeCode;
  }

  int closeCode() {
    return closeCode;
  }
}
