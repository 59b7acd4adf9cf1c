package io.github.signalhub.jdkserver.internal.ws;

/**
 * A fault of the peer, with the close code that names it. Never leaves this package: {@link
 * WebSocketProtocol} turns it into a close frame. Its message is the close frame's reason, so it
 * says which rule was broken, is at most 123 UTF-8 bytes long and quotes nothing that the peer
 * sent.
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
