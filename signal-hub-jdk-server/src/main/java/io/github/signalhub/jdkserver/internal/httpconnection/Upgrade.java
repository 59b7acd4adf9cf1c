package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.internal.address.AddressKey;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.ResponseHead;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Accepted;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Refused;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An opening handshake that keeps the rules of WebSocket (RFC 6455 §4.2). Whether the client is let
 * in is still to be decided. Immutable.
 *
 * @param head the request
 * @param accepted what to answer if the client is let in
 * @param client its address
 */
public record Upgrade(RequestHead head, Accepted accepted, InetSocketAddress client) {
  private static final WebSocketHandshake HANDSHAKE =
      new WebSocketHandshake(List.of(Admission.SUBPROTOCOL));

  /** Returns whether a request asks for a WebSocket. */
  static boolean isAskedFor(RequestHead head) {
    return WebSocketHandshake.isAskedFor(fields(head));
  }

  /**
   * Checks a request.
   *
   * @throws HttpException if it is refused
   */
  static Upgrade check(RequestHead head, ServerContext context, InetSocketAddress client) {
    WebSocketHandshake.Result result =
        HANDSHAKE.check(
            head.method(),
            head.version().toString(),
            fields(head),
            context.links().compression().policy(AddressKey.of(client.getAddress())));
    if (result instanceof Refused refused) {
      throw new HttpException(refused.status(), refused.reason(), refused.headers());
    }
    return new Upgrade(head, (Accepted) result, client);
  }

  /**
   * Returns the 101 that answers it, after the 100 that must precede it if the client expects one
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
