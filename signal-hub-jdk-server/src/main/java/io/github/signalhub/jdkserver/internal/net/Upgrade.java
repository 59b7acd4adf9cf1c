package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.ResponseHead;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Accepted;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Refused;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.HandshakeQuery;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An opening handshake that keeps all rules (RFC 6455 §4.2), is of an admissible origin and asks
 * for what can be asked for; whether the application wants it is still to be decided. Immutable.
 *
 * @param head the request
 * @param accepted what to answer if it is wanted
 * @param query what it asks for
 * @param peer who asks
 */
record Upgrade(RequestHead head, Accepted accepted, HandshakeQuery query, Peer peer) {
  /** The subprotocol by which a client asks for control messages. */
  static final String SUBPROTOCOL = "signal-hub.v1";

  /** Returns whether a request asks for a WebSocket. */
  static boolean isAskedFor(RequestHead head) {
    return WebSocketHandshake.isAskedFor(fields(head));
  }

  /**
   * Checks a request.
   *
   * @throws HttpException if it is refused
   */
  static Upgrade check(RequestHead head, Shared shared, Peer peer) {
    WebSocketHandshake.Result result =
        shared
            .handshake()
            .check(
                head.method(),
                head.version().toString(),
                fields(head),
                shared.compression().policy(Census.key(peer.address().getAddress())));
    if (result instanceof Refused refused) {
      throw new HttpException(refused.status(), refused.reason(), refused.headers());
    }
    List<String> origins = head.headers().all("Origin");
    if (!shared.options().origins().admits(origins, peer.hosts(), peer.scheme())) {
      if (origins.size() == 1) {
        shared.hints().originRefused(origins.get(0), peer, namesUntrustedProxy(head, peer));
      }
      throw new HttpException(403, "pages of this origin may not connect (RFC 6455 §10.2)");
    }
    try {
      String rawQuery = head.uri().getRawQuery();
      HandshakeQuery query = HandshakeQuery.parse(rawQuery == null ? "" : rawQuery);
      return new Upgrade(head, (Accepted) result, query, peer);
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, e.getMessage());
    }
  }

  /**
   * Returns the 101 that answers it, behind the 100 that must precede it if the client expects one
   * (RFC 9110 §7.8).
   */
  byte[] response() {
    ResponseHead response =
        new ResponseHead(101)
            .field("Upgrade", "websocket")
            .field("Connection", "Upgrade")
            .field("Sec-WebSocket-Accept", accepted.acceptValue());
    accepted.subprotocol().ifPresent(name -> response.field("Sec-WebSocket-Protocol", name));
    accepted.extensions().ifPresent(agreed -> response.field("Sec-WebSocket-Extensions", agreed));
    byte[] encoded = response.encode();
    if (!head.headers().contains("Expect")) {
      return encoded;
    }
    ByteBuffer interim = ResponseHead.continueResponse();
    return ByteBuffer.allocate(interim.remaining() + encoded.length)
        .put(interim)
        .put(encoded)
        .array();
  }

  private static boolean namesUntrustedProxy(RequestHead head, Peer peer) {
    return peer.source() == Peer.Source.CONNECTION
        && (head.headers().contains("X-Forwarded-For") || head.headers().contains("Forwarded"));
  }

  /**
   * Returns what the hub is told.
   *
   * @param decidedSince how often rights had been taken back when the decision began
   */
  Handshake handshake(Admission.Admitted admitted, long decidedSince) {
    Optional<String> subprotocol = accepted.subprotocol();
    Handshake.Builder handshake =
        query
            .grant(admitted.topics())
            .remoteAddress(peer.address())
            .decidedSince(decidedSince)
            .controlMessages(
                query.controlMessages() || subprotocol.filter(SUBPROTOCOL::equals).isPresent());
    admitted.user().ifPresent(handshake::user);
    return handshake.build();
  }

  private static Map<String, List<String>> fields(RequestHead head) {
    Map<String, List<String>> fields = new HashMap<>();
    head.headers()
        .forEach(
            (name, value) ->
                fields
                    .computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new ArrayList<>(1))
                    .add(value));
    return fields;
  }
}
