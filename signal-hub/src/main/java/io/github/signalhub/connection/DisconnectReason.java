package io.github.signalhub.connection;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The reason why a link ended or is to end: a status code of RFC 6455 §7.4 and a short text for the
 * peer.
 *
 * <p>Codes 4000–4099 tell a client of this project not to come back. 4100–4199 tell it to come back
 * after a while, 4200–4299 at once.
 *
 * <p>This is a record, because a close frame has these two parts and no more (RFC 6455 §5.5.1).
 * Immutable.
 *
 * @param code the status code, 1000 to 4999; 1005 and 1006 are never sent
 * @param reason a text for the peer, at most {@value #MAX_REASON_BYTES} bytes of UTF-8; may be
 *     empty, never internal detail
 */
public record DisconnectReason(int code, String reason) {
  /** The most UTF-8 bytes of a reason: a control frame holds 125 with the code (RFC 6455 §5.5). */
  public static final int MAX_REASON_BYTES = 123;

  /** 1000: done, and nothing is wrong. */
  public static final DisconnectReason NORMAL = new DisconnectReason(1000, "");

  /** 1001: the server stops or the peer leaves. */
  public static final DisconnectReason GOING_AWAY = new DisconnectReason(1001, "going away");

  /** 1003: a binary message where the application takes none. */
  public static final DisconnectReason UNSUPPORTED_DATA =
      new DisconnectReason(1003, "binary messages are not accepted");

  /** 1005: the peer closed without saying why. Never sent. */
  public static final DisconnectReason NO_STATUS = new DisconnectReason(1005, "");

  /** 1006: the link was cut. Never sent. */
  public static final DisconnectReason ABNORMAL = new DisconnectReason(1006, "");

  /** 1008: the peer's request is not allowed. */
  public static final DisconnectReason POLICY_VIOLATION = new DisconnectReason(1008, "refused");

  /** 1009: a message is larger than the hub takes. */
  public static final DisconnectReason TOO_LARGE = new DisconnectReason(1009, "message too large");

  /** 1011: a fault of the server. */
  public static final DisconnectReason INTERNAL_ERROR =
      new DisconnectReason(1011, "internal error");

  /** 1013: the server has no room for the client's messages or requests (IANA registry). */
  public static final DisconnectReason TRY_AGAIN_LATER =
      new DisconnectReason(1013, "try again later");

  /** 4000: the application closed the connection and gave no other reason. */
  public static final DisconnectReason DISCONNECTED = new DisconnectReason(4000, "disconnected");

  /** 4001: the client's credential ended; it comes back at once, with a fresh one. */
  public static final DisconnectReason CREDENTIAL_EXPIRED = new DisconnectReason(4001, "expired");

  /** 4100: the client read too slowly, and messages that it had not been sent are gone. */
  public static final DisconnectReason FELL_BEHIND = new DisconnectReason(4100, "fell behind");

  /** 4101: the client sends more messages than it may. */
  public static final DisconnectReason RATE_LIMITED = new DisconnectReason(4101, "rate limit");

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if the code is outside 1000 to 4999 or the reason is too long
   */
  public DisconnectReason {
    Objects.requireNonNull(reason, "reason");
    if (code < 1000 || code > 4999) {
      throw new IllegalArgumentException("expected a close code of 1000 to 4999, was " + code);
    }
    int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_REASON_BYTES) {
      throw new IllegalArgumentException(
          "expected a reason of at most " + MAX_REASON_BYTES + " UTF-8 bytes, was " + bytes);
    }
  }

  /** Returns {@code code} or {@code code reason}, as it stands in the log. */
  @Override
  public String toString() {
    return reason.isEmpty() ? Integer.toString(code) : code + " " + reason;
  }
}
