package io.github.signalhub.jdkserver.internal.ws;

/**
 * The close codes that this package uses, and which codes may be on the wire (RFC 6455 §7.4 and the
 * IANA registry of WebSocket close codes). Immutable.
 */
public final class CloseCodes {
  /** 1002: the peer broke the protocol. */
  public static final int PROTOCOL_ERROR = 1002;

  /** 1005: stands for a close frame without a code; never on the wire. */
  public static final int NO_STATUS = 1005;

  /** 1007: the payload does not fit its type, such as text that is not UTF-8. */
  public static final int INVALID_PAYLOAD = 1007;

  /** 1009: the message is larger than this side accepts. */
  public static final int TOO_BIG = 1009;

  /** 1013: this side has no room for it now (IANA registry); the client may try again later. */
  public static final int TRY_AGAIN_LATER = 1013;

  private static final int MANDATORY_EXTENSION = 1010;

  private CloseCodes() {}

  /**
   * Returns whether a client may send this code: 1000 to 1003, 1007 to 1014 and 3000 to 4999. All
   * others are unassigned, or stand for something that is never sent (1005, 1006, 1015).
   */
  public static boolean isReceivable(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }

  /**
   * Returns whether a server may send this code: those that a client may send but 1010, which only
   * a client has a use for (RFC 6455 §7.4.1).
   */
  public static boolean isSendable(int code) {
    return isReceivable(code) && code != MANDATORY_EXTENSION;
  }
}
