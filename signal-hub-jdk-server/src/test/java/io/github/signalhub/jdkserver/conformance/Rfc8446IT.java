package io.github.signalhub.jdkserver.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.EchoServer;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.TlsPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 8446 §6.1 and RFC 5246 §7.2.1: no end without a close_notify, for either side and in every
 * state (RFC 9112 §9.8); RFC 7301: the protocol that TLS carries.
 */
@Timeout(60)
class Rfc8446IT {
  private static final String GET = "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n";

  private static EchoServer server;

  @BeforeAll
  static void start() throws IOException {
    server = EchoServer.start(Carrier.TLS);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private enum Moment {
    AT_ONCE,
    IN_A_HEAD,
    IN_A_BODY,
    BETWEEN_REQUESTS,
    AFTER_A_REFUSAL,
    IN_A_WEBSOCKET,
    IN_A_FRAME,
    IN_THE_CLOSING_HANDSHAKE;

    void reach(TlsPeer client) throws IOException {
      switch (this) {
        case AT_ONCE -> {}
        case IN_A_HEAD -> client.send(GET.substring(0, 20));
        case IN_A_BODY -> client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
        case BETWEEN_REQUESTS -> exchange(client, GET, "Not Found\n");
        case AFTER_A_REFUSAL -> exchange(client, "GET /ws HTTP/1.1\r\nHost: h\r\n\r\n", "426");
        default -> reachInAWebSocket(client);
      }
    }

    private void reachInAWebSocket(TlsPeer client) throws IOException {
      exchange(client, RawClient.handshake("/ws"), "\r\n\r\n");
      byte[] text = RawClient.text("hello");
      if (this == IN_A_FRAME) {
        client.send(Arrays.copyOf(text, text.length - 1));
      } else if (this == IN_THE_CLOSING_HANDSHAKE) {
        client.send(RawClient.hex("88 82 00 00 00 00 03 e8"));
      }
    }

    private static void exchange(TlsPeer client, String request, String end) throws IOException {
      client.send(request);
      client.readUpTo(end);
    }
  }

  @Nested
  class CloseNotify {
    @ParameterizedTest
    @CsvSource({
      "TLSv1.2, AT_ONCE",
      "TLSv1.2, IN_A_HEAD",
      "TLSv1.2, IN_A_BODY",
      "TLSv1.2, BETWEEN_REQUESTS",
      "TLSv1.2, AFTER_A_REFUSAL",
      "TLSv1.2, IN_A_WEBSOCKET",
      "TLSv1.2, IN_A_FRAME",
      "TLSv1.2, IN_THE_CLOSING_HANDSHAKE",
      "TLSv1.3, AT_ONCE",
      "TLSv1.3, IN_A_HEAD",
      "TLSv1.3, IN_A_BODY",
      "TLSv1.3, BETWEEN_REQUESTS",
      "TLSv1.3, AFTER_A_REFUSAL",
      "TLSv1.3, IN_A_WEBSOCKET",
      "TLSv1.3, IN_A_FRAME",
      "TLSv1.3, IN_THE_CLOSING_HANDSHAKE",
    })
    void ofTheClientIsAnsweredByOurs(String version, Moment moment) throws Exception {
      try (TlsPeer client = TlsPeer.connect(server.port(), version)) {
        moment.reach(client);

        client.sendCloseNotify();

        assertThat(client.endsWithACloseNotify()).isTrue();
      }
    }

    @ParameterizedTest
    @CsvSource({
      "TLSv1.2, AT_ONCE",
      "TLSv1.2, IN_A_HEAD",
      "TLSv1.2, IN_A_BODY",
      "TLSv1.2, IN_A_WEBSOCKET",
      "TLSv1.3, AT_ONCE",
      "TLSv1.3, IN_A_HEAD",
      "TLSv1.3, IN_A_BODY",
      "TLSv1.3, IN_A_WEBSOCKET",
    })
    void isSentToAClientThatSendsNone(String version, Moment moment) throws Exception {
      try (TlsPeer client = TlsPeer.connect(server.port(), version)) {
        moment.reach(client);

        client.shutdownOutput();

        assertThat(client.endsWithACloseNotify()).isTrue();
      }
    }

    @ParameterizedTest
    @CsvSource({
      "TLSv1.2, AT_ONCE",
      "TLSv1.2, BETWEEN_REQUESTS",
      "TLSv1.2, AFTER_A_REFUSAL",
      "TLSv1.2, IN_THE_CLOSING_HANDSHAKE",
      "TLSv1.3, AT_ONCE",
      "TLSv1.3, BETWEEN_REQUESTS",
      "TLSv1.3, AFTER_A_REFUSAL",
      "TLSv1.3, IN_THE_CLOSING_HANDSHAKE",
    })
    void precedesAnEndOfOurs(String version, Moment moment) throws Exception {
      try (EchoServer impatient =
              EchoServer.start(
                  Carrier.TLS,
                  options ->
                      options
                          .handshakeTimeout(Duration.ofSeconds(3)) // the moment comes first
                          .keepAliveTimeout(Duration.ofMillis(500)));
          TlsPeer client = TlsPeer.connect(impatient.port(), version)) {
        moment.reach(client);

        assertThat(client.endsWithACloseNotify()).isTrue();
      }
    }
  }

  @Nested
  class ApplicationProtocol {
    @ParameterizedTest
    @CsvSource({"http/1.1", "h2 http/1.1", "http/1.1 h2", "''"})
    void isHttp11WhereItIsOffered(String offered) throws Exception {
      String[] protocols = offered.isEmpty() ? new String[0] : offered.split(" ");
      try (TlsPeer client = TlsPeer.connect(server.port(), "TLSv1.3", protocols)) {
        client.send(RawClient.handshake("/ws"));
        client.readUpTo("\r\n\r\n");

        assertThat(client.protocol()).isEqualTo(offered.isEmpty() ? "" : "http/1.1");
        assertThat(client.received()).startsWith("HTTP/1.1 101 ");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whichIsNoneOfOursIsRefusedByItsAlert(String version) {
      assertThatExceptionOfType(SSLException.class)
          .isThrownBy(() -> TlsPeer.connect(server.port(), version, "h2"))
          .withMessageContaining("no_application_protocol");
    }
  }

  @Nested
  class Alerts {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "get / HTTP/1.1\r\nHost: h\r\n\r\n",
          "\26\3\1\377\377aaaa", // a record of 65,535 bytes
          "\27\3\3\0\5hello", // application data before a handshake
        })
    void tellAClientThatSpeaksNoTls(String bytes) throws Exception {
      try (RawClient client = new RawClient(server.port())) {
        client.send(bytes.getBytes(ISO_8859_1));

        assertThat(client.readToEnd()).startsWith("\25\3").hasSize(7).contains("\0\2\2");
      }
    }
  }
}
