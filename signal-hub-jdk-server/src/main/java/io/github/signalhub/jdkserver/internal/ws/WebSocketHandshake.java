package io.github.signalhub.jdkserver.internal.ws;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The server's rules for an opening handshake (RFC 6455 §4.2). It looks at a request that an HTTP
 * parser has taken apart; who may connect, and from which {@linkplain OriginPolicy origin}, is for
 * others to say. Immutable.
 */
public final class WebSocketHandshake {
  /** The answer to a request. */
  public sealed interface Result permits Accepted, Refused {}

  /**
   * The request is a valid handshake, to be answered with 101.
   *
   * @param acceptValue the value of {@code Sec-WebSocket-Accept}
   * @param subprotocol the value of {@code Sec-WebSocket-Protocol}; if empty that field is left out
   */
  public record Accepted(String acceptValue, Optional<String> subprotocol) implements Result {}

  /**
   * The request is no valid handshake.
   *
   * @param status the status to answer with: 400, 405 or 426
   * @param reason the rule that it breaks, in words fit for the response's body and a log
   * @param headers fields that the response must have
   */
  public record Refused(int status, String reason, Map<String, String> headers) implements Result {
    /** Copies the fields. */
    public Refused {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * Makes a handshake that speaks these subprotocols.
   *
   * @param subprotocols their names, none by default; compared exactly, as RFC 6455 §4.2.2 has it
   * @throws IllegalArgumentException if a name is not a token
   */
  public WebSocketHandshake(List<String> subprotocols) {}

  /**
   * Returns whether a request asks for a WebSocket at all: {@code Upgrade} names it. A path that
   * serves both WebSockets and something else tells them apart by this.
   *
   * @param headers as for {@link #check}
   */
  public static boolean isAskedFor(Map<String, List<String>> headers) {
    throw new UnsupportedOperationException();
  }

  /**
   * Checks a request.
   *
   * @param method its method, as sent
   * @param version its HTTP version, as sent, such as {@code HTTP/1.1}
   * @param headers its fields by lower-case name, each with the values of its lines in their order
   */
  public Result check(String method, String version, Map<String, List<String>> headers) {
    throw new UnsupportedOperationException();
  }
}
