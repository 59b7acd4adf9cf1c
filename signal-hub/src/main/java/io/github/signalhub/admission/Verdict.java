package io.github.signalhub.admission;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.spi.Handshake;
import java.util.Map;
import java.util.Optional;

/** The decision of an {@link Admission} about one client. Immutable. */
public sealed interface Verdict permits Verdict.Admitted, Verdict.Refused {
  /** Returns the refusal; empty if the client may connect. */
  default Optional<Refused> refusal() {
    return this instanceof Refused refused ? Optional.of(refused) : Optional.empty();
  }

  /**
   * The client may connect.
   *
   * @param handshake registers the client
   * @param subprotocol the subprotocol to answer with ({@code Sec-WebSocket-Protocol}); empty if
   *     the client offered no known one
   */
  record Admitted(Handshake handshake, Optional<String> subprotocol) implements Verdict {
    /** Checks that nothing is missing. */
    public Admitted {
      requireNonNull(handshake, "handshake");
      requireNonNull(subprotocol, "subprotocol");
    }
  }

  /**
   * The client may not connect. The carrier answers with this and registers nothing.
   *
   * @param status the status to answer with, 400 to 599
   * @param reason the text of the answer's body, as {@code text/plain} in UTF-8; a hook may put any
   *     text into it, so use it neither in the status line nor in HTML
   * @param fields further header fields of the answer, such as {@code Retry-After}
   */
  record Refused(int status, String reason, Map<String, String> fields) implements Verdict {
    /**
     * Copies the fields.
     *
     * @throws IllegalArgumentException if the status is not 400 to 599
     */
    public Refused {
      requireNonNull(reason, "reason");
      fields = Map.copyOf(fields);
      if (status < 400 || status > 599) {
        throw new IllegalArgumentException("expected a status of 400 to 599, was " + status);
      }
    }

    Refused(int status, String reason) {
      this(status, reason, Map.of());
    }
  }
}
