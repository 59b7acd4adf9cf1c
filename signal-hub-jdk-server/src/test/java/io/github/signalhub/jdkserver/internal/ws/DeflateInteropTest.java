package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.http.HttpHeaders;
import io.github.signalhub.jdkserver.internal.http.HttpVersion;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.ws.DeflateParameters.Policy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
    try (PermessageDeflate deflate = new PermessageDeflate(1)) {
      DeflateParameters agreed = shakeHands();
      RecordingPeer server = new RecordingPeer(WebSocketLimits.DEFAULT, deflate, agreed);
      for (int i = 0; i < 3; i++) {
        String sent = i + TEXT;

        byte[] toServer = encode(sent);
        server.receives(100, toServer);
        byte[] toClient =
            deflate.frame(
                FrameEncoder.TEXT,
                sent.getBytes(StandardCharsets.UTF_8),
                agreed.windowBits(),
                sent.length());
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
    List<String> headers = new ArrayList<>();
    request
        .iterateHttpFields()
        .forEachRemaining(name -> headers.addAll(List.of(name, request.getFieldValue(name))));
    RequestHead head =
        new RequestHead(
            "GET",
            "/ws",
            HttpVersion.HTTP_1_1,
            HttpHeaders.of(headers.toArray(String[]::new)),
            URI.create("/ws"));

    WebSocketHandshake handshake = WebSocketHandshake.of(head, Policy.ANY_OFFER);

    HandshakeImpl1Server response = new HandshakeImpl1Server();
    response.setHttpStatus((short) 101);
    response.put("Upgrade", "websocket");
    response.put("Connection", "Upgrade");
    response.put("Sec-WebSocket-Accept", handshake.acceptValue());
    response.put("Sec-WebSocket-Extensions", handshake.deflate().orElseThrow().headerValue());
    assertThat(client.acceptHandshakeAsClient(request, response)).isEqualTo(HandshakeState.MATCHED);
    assertThat(client.getExtension()).isInstanceOf(PerMessageDeflateExtension.class);
    return handshake.deflate().orElseThrow();
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
