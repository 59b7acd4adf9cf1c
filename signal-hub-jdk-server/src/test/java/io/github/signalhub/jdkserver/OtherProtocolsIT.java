package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.RawClient.Answer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes of another protocol. The answer names the cause, and no request is served. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Carrier.class)
class OtherProtocolsIT {
  private static final String PROXY_V1 = "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n";
  private static final byte[] PROXY_V2 =
      RawClient.hex(
          "0d0a0d0a 000d0a51 5549540a 21 11 000c cb007107 c0000201 dc04 01bb"); // the same
  private static final byte[] CLIENT_HELLO =
      RawClient.hex(
          "16 0301 0033 01 00002f 0303"
              + " 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
              + " 00 0002 1301 01 00 0004 ff01 0000");

  private static final List<String> SERVED = new CopyOnWriteArrayList<>();
  private static EchoServer server;

  @Parameter private Carrier carrier;

  @BeforeParameterizedClassInvocation
  static void start(Carrier carrier) throws IOException {
    server =
        EchoServer.start(
            carrier,
            options ->
                options.context(
                    "/",
                    exchange -> {
                      SERVED.add(exchange.getRequestURI().toString());
                      exchange.sendResponseHeaders(204, -1);
                    }));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    server.close();
    assertThat(SERVED).isEmpty();
  }

  @Nested
  class TheProxyProtocol {
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 100})
    void ofVersion1IsNamed(int chunk) throws Exception {
      byte[] wire =
          RawClient.join(PROXY_V1.getBytes(ISO_8859_1), ascii(RawClient.handshake("/ws")));

      assertRefused(wire, chunk, "the PROXY protocol (version 1) is not spoken here");
    }

    @Test
    void ofVersion1WithoutAnAddressIsNamed() throws Exception {
      assertRefused(ascii("PROXY UNKNOWN\r\n"), 100, "the PROXY protocol (version 1)");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 100})
    void ofVersion2IsNamed(int chunk) throws Exception {
      byte[] wire = RawClient.join(PROXY_V2, ascii(RawClient.handshake("/ws")));

      assertRefused(wire, chunk, "the PROXY protocol (version 2) is not spoken here");
    }

    /** A TLS port gets the line before the first record. */
    @Test
    void inFrontOfTlsIsNamed() throws Exception {
      byte[] hello = CLIENT_HELLO;
      byte[] first = PROXY_V1.getBytes(ISO_8859_1);

      for (byte[] header : new byte[][] {first, PROXY_V2}) {
        try (RawClient client = new RawClient(server.port())) {
          client.send(RawClient.join(header, hello));

          assertThat(client.readAnswer().body()).startsWith("the PROXY protocol (version ");
        }
      }
    }

    /** Sends the bytes once on the connection itself, and once inside TLS. */
    private static void assertRefused(byte[] wire, int chunk, String cause) throws Exception {
      for (RawClient client : new RawClient[] {new RawClient(server.port()), server.connect()}) {
        try (client) {
          sendUntilRefused(client, chunk, wire);
          Answer answer = client.readAnswer();

          assertThat(answer.status()).isEqualTo(400);
          assertThat(answer.body()).startsWith(cause);
          client.assertEnds();
        }
      }
    }
  }

  @Test
  void tlsWhereNoneIsSpokenIsNamedByAPlainAnswer() throws Exception {
    for (int chunk : new int[] {1, 100}) {
      try (RawClient client =
          carrier == Carrier.TCP ? new RawClient(server.port()) : server.connect()) {
        sendUntilRefused(client, chunk, CLIENT_HELLO);
        Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
            .isEqualTo("this is TLS where plain HTTP is spoken: use http: or ws:\n");
      }
    }
  }

  /** Sends until a write fails, because the server no longer reads. The answer came before. */
  private static void sendUntilRefused(RawClient client, int chunk, byte[] wire) {
    try {
      client.sendInChunks(chunk, wire);
    } catch (IOException refused) {
      assertThat(refused).hasMessageNotContaining("timed out");
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
