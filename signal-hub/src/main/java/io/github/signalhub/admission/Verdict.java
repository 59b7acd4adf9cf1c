package io.github.signalhub.admission;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.spi.Handshake;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The decision of an {@link Admission} about one client. Immutable. */
public sealed interface Verdict permits Verdict.Admitted, Verdict.Refused {
  /** Returns the refusal; empty if the client may connect. */
  default Optional<Refused> refusal() {
    return this instanceof Refused refused ? Optional.of(refused) : Optional.empty();
  }

  /** The client may connect. */
  final class Admitted implements Verdict {
    private final Handshake handshake;
    private final Optional<String> subprotocol;

    Admitted(Handshake handshake, Optional<String> subprotocol) {
      this.handshake = requireNonNull(handshake, "handshake");
      this.subprotocol = requireNonNull(subprotocol, "subprotocol");
    }

    /** Returns the handshake that registers the client. */
    public Handshake handshake() {
      return handshake;
    }

    /**
     * Returns the subprotocol to answer with ({@code Sec-WebSocket-Protocol}); empty if the client
     * offered no known one.
     */
    public Optional<String> subprotocol() {
      return subprotocol;
    }

    /** Returns what this is, without the contents of the handshake. */
    @Override
    public String toString() {
      return "Admitted" + subprotocol.map(name -> "[subprotocol=" + name + "]").orElse("");
    }
  }

  /**
   * The client may not connect. The carrier answers with this and registers nothing. Two refusals
   * are equal if status, reason and headers are.
   */
  final class Refused implements Verdict {
    private final int status;
    private final String reason;
    private final Map<String, String> headers;

    Refused(int status, String reason, Map<String, String> headers) {
      this.status = status;
      this.reason = requireNonNull(reason, "reason");
      this.headers = Map.copyOf(headers);
      if (status < 400 || status > 599) {
        throw new IllegalArgumentException("expected a status of 400 to 599, was " + status);
      }
    }

    Refused(int status, String reason) {
      this(status, reason, Map.of());
    }

    /** Returns the status to answer with, 400 to 599. */
    public int status() {
      return status;
    }

    /**
     * Returns the text of the answer's body, as {@code text/plain} in UTF-8. A hook may put any
     * text into it. So use it neither in the status line nor in HTML.
     */
    public String reason() {
      return reason;
    }

    /** Returns further headers of the answer, such as {@code Retry-After}; unmodifiable. */
    public Map<String, String> headers() {
      return headers;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Refused same
          && status == same.status
          && reason.equals(same.reason)
          && headers.equals(same.headers);
    }

    @Override
    public int hashCode() {
      return Objects.hash(status, reason, headers);
    }

    /** Returns the status, the reason and the headers. */
    @Override
    public String toString() {
      return "Refused[status=" + status + ", reason=" + reason + ", headers=" + headers + "]";
    }
  }
}
