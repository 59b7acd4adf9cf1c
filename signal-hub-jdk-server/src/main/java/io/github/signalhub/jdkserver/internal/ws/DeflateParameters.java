package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;

/**
 * What a server and a client agreed on for permessage-deflate (RFC 7692 §7.1).
 *
 * <p>The server never takes over context. The client does unless it offered not to. The window of
 * the client is never limited: Java's inflater has the largest there is, so {@code
 * client_max_window_bits}, which is allowed in an answer only to clients that offer it, is in no
 * answer (§7.1.2.2). Immutable.
 *
 * @param clientNoContextTakeover whether the client compresses each message by itself
 * @param serverMaxWindowBits how far back, as a power of two, compressed messages of the server may
 *     refer, 8 to 15; empty if the client set no limit
 */
public record DeflateParameters(boolean clientNoContextTakeover, OptionalInt serverMaxWindowBits) {
  static final String SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover";
  static final String CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover";
  static final String SERVER_MAX_WINDOW_BITS = "server_max_window_bits";
  static final String CLIENT_MAX_WINDOW_BITS = "client_max_window_bits";

  private static final int LEAST_WINDOW_BITS = 8;
  private static final int MOST_WINDOW_BITS = 15;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the window bits are not 8 to 15
   */
  public DeflateParameters {
    requireNonNull(serverMaxWindowBits, "serverMaxWindowBits");
    int bits = serverMaxWindowBits.orElse(MOST_WINDOW_BITS);
    if (bits < LEAST_WINDOW_BITS || bits > MOST_WINDOW_BITS) {
      throw new IllegalArgumentException("expected 8 to 15 window bits, was " + bits);
    }
  }

  /**
   * Returns whether messages to this client are compressed without any back-references. Java's
   * deflater knows the window of 15 bits alone; what refers to nothing fits every smaller one.
   */
  public boolean huffmanOnly() {
    return serverMaxWindowBits.orElse(MOST_WINDOW_BITS) < MOST_WINDOW_BITS;
  }

  /** Returns the answer to the client: the value of {@code Sec-WebSocket-Extensions}. */
  public String headerValue() {
    StringBuilder value =
        new StringBuilder("permessage-deflate; ").append(SERVER_NO_CONTEXT_TAKEOVER);
    if (clientNoContextTakeover) {
      value.append("; ").append(CLIENT_NO_CONTEXT_TAKEOVER);
    }
    serverMaxWindowBits.ifPresent(
        bits -> value.append("; ").append(SERVER_MAX_WINDOW_BITS).append('=').append(bits));
    return value.toString();
  }
}
