package io.github.signalhub.benchmarks.race;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a client of the load generator connects. Immutable.
 *
 * @param port the server's port on the loopback address
 * @param query of the handshake; may be empty
 * @param deflate whether it offers permessage-deflate, without context on both sides
 * @param tls the encryption; empty: none
 */
record Dial(int port, String query, boolean deflate, Optional<SSLContext> tls) {
  /** A plain client without a query. */
  static Dial plain(int port) {
    return new Dial(port, "", false, Optional.empty());
  }

  Dial withQuery(String query) {
    return new Dial(port, query, deflate, tls);
  }

  Dial withDeflate() {
    return new Dial(port, query, true, tls);
  }

  Dial withTls(SSLContext tls) {
    return new Dial(port, query, deflate, Optional.of(tls));
  }

  /** Returns the request of the handshake. Its key is constant: the floors know the answer. */
  byte[] handshake() {
    return ("GET /ws"
            + (query.isEmpty() ? "" : "?" + query)
            + " HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + (deflate
                ? "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover;"
                    + " client_no_context_takeover\r\n"
                : "")
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
