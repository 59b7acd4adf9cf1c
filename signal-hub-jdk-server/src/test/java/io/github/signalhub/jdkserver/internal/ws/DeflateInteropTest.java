package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Accepted;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.HandshakeState;
import org.java_websocket.enums.Role;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.TextFrame;
import org.java_websocket.handshake.ClientHandshakeBuilder;
import org.java_websocket.handshake.HandshakeImpl1Client;
import org.java_websocket.handshake.HandshakeImpl1Server;
import org.junit.jupiter.api.Test;

/** The client of Java-WebSocket and this server, connected without sockets. */
class DeflateInteropTest {
  private static final String TEXT = "{\"type\":\"LEDGER_UPDATE\",\"n\":\"ä\"}".repeat(100);

  private final Draft_6455 client = newClient();

  @Test
  void compressedMessagesGoBothWays() throws Exception {
    try (PermessageDeflate deflate = new PermessageDeflate(0, 1)) {
      DeflateParameters agreed = shakeHands();
      Peer server = new Peer(WebSocketLimits.DEFAULT, deflate, agreed);
      for (int i = 0; i < 3; i++) {
        String sent = i + TEXT;

        byte[] toServer = encode(sent);
        server.receives(100, toServer);
        byte[] toClient = deflate.compressor(agreed).text(sent.getBytes(StandardCharsets.UTF_8));
        List<Framedata> received = client.translateFrame(ByteBuffer.wrap(toClient));

        assertThat(toServer).hasSizeLessThan(TEXT.length() / 4);
        assertThat(toServer[0]).isEqualTo((byte) 0xC1);
        assertThat(server.events).last().isEqualTo("text " + sent);
        assertThat(toClient).hasSizeLessThan(TEXT.length() / 4);
        assertThat(toClient[0]).isEqualTo((byte) 0xC1);
        assertThat(received)
            .extracting(frame -> StandardCharsets.UTF_8.decode(frame.getPayloadData()).toString())
            .containsExactly(sent);
      }
      server.protocol.close();
    }
  }

  private DeflateParameters shakeHands() throws Exception {
    ClientHandshakeBuilder request = new HandshakeImpl1Client();
    request.setResourceDescriptor("/ws");
    request.put("Host", "localhost");
    client.postProcessHandshakeRequestAsClient(request);
    Map<String, List<String>> headers = new HashMap<>();
    request
        .iterateHttpFields()
        .forEachRemaining(
            name ->
                headers.put(name.toLowerCase(Locale.ROOT), List.of(request.getFieldValue(name))));

    Accepted accepted =
        (Accepted)
            new WebSocketHandshake(List.of())
                .check("GET", "HTTP/1.1", headers, DeflatePolicy.ANY_OFFER);

    HandshakeImpl1Server response = new HandshakeImpl1Server();
    response.setHttpStatus((short) 101);
    response.put("Upgrade", "websocket");
    response.put("Connection", "Upgrade");
    response.put("Sec-WebSocket-Accept", accepted.acceptValue());
    response.put("Sec-WebSocket-Extensions", accepted.extensions().orElseThrow());
    assertThat(client.acceptHandshakeAsClient(request, response)).isEqualTo(HandshakeState.MATCHED);
    assertThat(client.getExtension()).isInstanceOf(PerMessageDeflateExtension.class);
    return accepted.deflate().orElseThrow();
  }

  private byte[] encode(String text) {
    TextFrame frame = new TextFrame();
    frame.setPayload(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    frame.setTransferemasked(true);
    ByteBuffer wire = client.createBinaryFrame(frame);
    byte[] bytes = new byte[wire.remaining()];
    wire.get(bytes);
    return bytes;
  }

  private static Draft_6455 newClient() {
    PerMessageDeflateExtension extension = new PerMessageDeflateExtension();
    extension.setThreshold(0);
    Draft_6455 client = new Draft_6455(extension);
    client.setParseMode(Role.CLIENT);
    return client;
  }
}
