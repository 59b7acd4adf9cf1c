package io.github.signalhub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.json.Json;
import java.util.Objects;

/**
 * Thrown by {@link HubListener#onMessage}, or by a handler of {@linkplain Hub#onRequest requests},
 * to say that the application does not accept a message. A stage that such a handler returned may
 * fail with it, too. A client that gave the message a {@code ref} is told by {@code $error}.
 * Without a {@code ref} it is not told. It is an answer and no fault: it is not logged, not counted
 * as a failure, and has no stack trace. Thrown from any other callback it is a failure like all
 * others. Immutable.
 */
public final class RefusedException extends RuntimeException {
  /** The code of a refusal that names none. */
  public static final String DEFAULT_CODE = "refused";

  /** The most characters of a code. */
  public static final int MAX_CODE_CHARS = 64;

  /** The most UTF-8 bytes of a reason. */
  public static final int MAX_REASON_BYTES = DisconnectReason.MAX_REASON_BYTES;

  private static final long serialVersionUID = 1;

  /** The code. */
  private final String code;

  /**
   * Refuses with the code {@value #DEFAULT_CODE}.
   *
   * @param reason a text for people, at most {@value #MAX_REASON_BYTES} bytes of UTF-8; may be
   *     empty, never internal detail
   * @throws IllegalArgumentException if the reason is too long, or has a surrogate without its
   *     other half
   */
  public RefusedException(String reason) {
    this(DEFAULT_CODE, reason);
  }

  /**
   * Refuses with a code.
   *
   * @param code for the client's program, 1 to {@value #MAX_CODE_CHARS} characters
   * @param reason a text for people, at most {@value #MAX_REASON_BYTES} bytes of UTF-8; may be
   *     empty, never internal detail
   * @throws IllegalArgumentException if one is too long, the code is empty, or one has a surrogate
   *     without its other half
   */
  public RefusedException(String code, String reason) {
    this(code, reason, null);
  }

  /** Refuses with a cause, which is never sent. */
  RefusedException(String code, String reason, Throwable cause) {
    super(Objects.requireNonNull(reason, "reason"), cause, false, false);
    this.code = Objects.requireNonNull(code, "code");
    if (code.isEmpty() || code.length() > MAX_CODE_CHARS) {
      throw new IllegalArgumentException(
          "expected a code of 1 to " + MAX_CODE_CHARS + " characters, was " + code.length());
    }
    int bytes = reason.getBytes(UTF_8).length;
    if (bytes > MAX_REASON_BYTES) {
      throw new IllegalArgumentException(
          "expected a reason of at most " + MAX_REASON_BYTES + " UTF-8 bytes, was " + bytes);
    }
    Json.write(code); // refuses texts that could not be sent
    Json.write(reason);
  }

  /** Returns the code for the client's program. */
  public String code() {
    return code;
  }

  /** Returns the text for people. */
  public String reason() {
    return getMessage();
  }
}
