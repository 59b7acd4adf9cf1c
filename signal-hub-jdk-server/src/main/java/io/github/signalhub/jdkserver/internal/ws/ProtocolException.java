package io.github.signalhub.jdkserver.internal.ws;

import java.util.Optional;

/**
 * A fault of the peer, with the close code that names it. It never leaves this package: {@link
 * WebSocketProtocol} turns it into a close frame. Its message is the close frame's reason. So it
 * names the broken rule, has at most 123 UTF-8 bytes, and quotes nothing that the peer sent.
 * Immutable.
 */
final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int closeCode;
  private final transient Optional<WebSocketLimits.Kind> limit;

  ProtocolException(int closeCode, String message) {
    this(closeCode, message, Optional.empty());
  }

  private ProtocolException(int closeCode, String message, Optional<WebSocketLimits.Kind> limit) {
    super(message, null, false, false); // no stack trace: a peer must not make us pay for one
    this.closeCode = closeCode;
    this.limit = limit;
  }

  /** Returns the fault of a message that is beyond a limit. */
  static ProtocolException beyond(WebSocketLimits.Kind limit, int closeCode, String message) {
    return new ProtocolException(closeCode, message, Optional.of(limit));
  }

  /** Returns the limit that the message is beyond; empty if another rule was broken. */
  Optional<WebSocketLimits.Kind> limit() {
    return limit;
  }

  int closeCode() {
    return closeCode;
  }
}
