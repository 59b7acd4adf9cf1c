package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies that say who their client is before the first byte of a connection. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Carrier.class)
class ProxyProtocolIT {
  private static final String TCP_4 =
      "0d0a0d0a 000d0a51 5549540a 21 11 000c cb007107 c0000201 dc04 01bb";
  private static final String TCP_6 =
      "0d0a0d0a 000d0a51 5549540a 21 21 0024 20010db8000000000000000000000007"
          + " 20010db8000000000000000000000001 dc04 01bb";
  private static final String OF_TLS =
      "0d0a0d0a 000d0a51 5549540a 21 11 0014 cb007107 c0000201 dc04 01bb 20 0005 01 00000000";
  private static final String LOCAL = "0d0a0d0a 000d0a51 5549540a 20 00 0000";
  private static final String OTHER_CLIENT =
      "0d0a0d0a 000d0a51 5549540a 21 11 000c cb007108 c0000201 dc04 01bb";

  @Parameter private Carrier carrier;
  private final Hub hub = Hub.create();
  private final Map<String, InetAddress> addresses = new ConcurrentHashMap<>(); // by query
  private SignalServer server;

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 100})
  void nameTheClientOfAWebSocket(int chunk) throws Exception {
    start(builder());

    try (RawClient client = connect(TCP_4, chunk)) {
      client.send(RawClient.handshake("/ws?four"));
      assertThat(client.readAnswer().status()).isEqualTo(101);
    }
    try (RawClient client = connect(TCP_6, chunk)) {
      client.send(RawClient.handshake("/ws?six"));
      assertThat(client.readAnswer().status()).isEqualTo(101);
    }

    assertThat(addresses)
        .containsEntry("four", InetAddress.getByName("203.0.113.7"))
        .containsEntry("six", InetAddress.getByName("2001:db8::7"));
  }

  @Test
  void nameTheClientOfAHandlerForAllItsRequests() throws Exception {
    start(builder());

    try (RawClient client = connect(TCP_4, 100)) {
      for (int i = 0; i < 3; i++) {
        client.send(
            "GET /address HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n");
        assertThat(client.readAnswer().body()).isEqualTo("203.0.113.7");
      }
    }
  }

  @Test
  void haveConnectionsOfTheirOwn() throws Exception {
    start(builder());

    try (RawClient client = connect(LOCAL, 100)) {
      client.send("GET /address HTTP/1.1\r\nHost: localhost\r\n\r\n");

      assertThat(client.readAnswer().body()).isEqualTo("127.0.0.1");
    }
  }

  /** Resources of https are not served where it is not spoken. */
  @Test
  void sayWhetherTheClientUsesTls() throws Exception {
    start(builder());

    assertThat(statusOfHttps(OF_TLS)).isEqualTo(200);
    assertThat(statusOfHttps(TCP_4)).isEqualTo(carrier == Carrier.TLS ? 200 : 421);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "474554202f616464726573732048 5454502f312e310d0a 486f73743a20610d0a0d0a", // GET /address
        "50524f5859205443503420 3230332e302e3131332e37203139322e302e322e31203120320d0a", // version
        // 1
        "0d0a0d0a 000d0a51 5549540a 21 11 0000",
        "0d0a0d0a 000d0a51 5549540a 21 11 ffff",
        "0d0a0d0a 000d0a51 5549540a 2f 11 000c cb007107 c0000201 dc04 01bb"
      })
  void areClosedIfTheyBeginOtherwise(String hex) throws Exception {
    start(builder());

    try (RawClient client = new RawClient(server.port())) {
      client.send(RawClient.hex(hex));
      client.assertEnds();
    }
    nameTheClientOfAWebSocket(100); // others go on
  }

  @Test
  void areClosedIfTheyEndWithinTheHeader() throws Exception {
    start(builder());

    try (RawClient client = new RawClient(server.port())) {
      client.send(RawClient.hex("0d0a0d0a 000d"));
      client.shutdownOutput();
      client.assertEnds();
    }
  }

  @Test
  void areClosedIfTheHeaderDoesNotCome() throws Exception {
    start(builder().handshakeTimeout(Duration.ofMillis(200)));

    try (RawClient client = new RawClient(server.port())) {
      client.send(RawClient.hex("0d0a0d0a 000d"));
      client.assertEnds();
    }
  }

  @Test
  void areNotBelievedIfTheyAreNotTrusted() throws Exception {
    start(builder().trustedProxies("127.0.0.77"));

    try (RawClient client = new RawClient(server.port())) {
      client.send(RawClient.hex(TCP_4));
      client.send(RawClient.handshake("/ws?four"));
      assertThat(client.readAnswer().status()).isEqualTo(400);
    }
    try (RawClient client = new RawClient(carrier.connect(server.port()))) {
      client.send("GET /address HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.readAnswer().body()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void bringClientsThatCountByTheirOwnAddresses() throws Exception {
    start(builder().maxConnectionsPerAddress(2));

    for (int i = 0; i < 3; i++) {
      try (RawClient first = admitted();
          RawClient second = admitted();
          RawClient third = new RawClient(server.port());
          RawClient other = connect(OTHER_CLIENT, 100)) {
        third.send(RawClient.hex(TCP_4));
        third.assertEnds();
        assertThat(List.of(status(first), status(second), status(other))).containsOnly(200);
      }
    }
  }

  private SignalServerBuilder builder() {
    return carrier
        .secure(SignalServer.builder(hub))
        .bindAddress(InetAddress.getLoopbackAddress())
        .port(0)
        .trustedProxies("127.0.0.1")
        .proxyProtocol(true)
        .handshake(
            request -> {
              addresses.put(
                  request.parameters().keySet().iterator().next(),
                  request.remoteAddress().getAddress());
              return HandshakeDecision.accept();
            })
        .context(
            "/address",
            exchange -> {
              byte[] body =
                  exchange.getRemoteAddress().getAddress().getHostAddress().getBytes(ISO_8859_1);
              exchange.sendResponseHeaders(200, body.length);
              exchange.getResponseBody().write(body);
              exchange.close();
            });
  }

  private void start(SignalServerBuilder builder) throws IOException {
    server = builder.start();
  }

  /** Connects as a proxy does. */
  private RawClient connect(String header, int chunk) throws IOException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
    RawClient proxy = new RawClient(plain);
    proxy.sendInChunks(chunk, RawClient.hex(header));
    if (carrier == Carrier.TCP) {
      return proxy;
    }
    SSLSocket secured =
        (SSLSocket)
            Carrier.trusting()
                .getSocketFactory()
                .createSocket(plain, "localhost", server.port(), true);
    secured.startHandshake();
    return new RawClient(secured);
  }

  private int statusOfHttps(String header) throws IOException {
    try (RawClient client = connect(header, 100)) {
      client.send("GET https://localhost/address HTTP/1.1\r\nHost: localhost\r\n\r\n");
      return client.readAnswer().status();
    }
  }

  private static int status(RawClient client) throws IOException {
    client.send("GET /address HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return client.readAnswer().status();
  }

  /** Connects, and tries again until the server has given back the places of earlier ones. */
  private RawClient admitted() throws Exception {
    while (true) { // the test ends with its timeout if places are not given back
      try {
        RawClient client = connect(TCP_4, 100);
        assertThat(status(client)).isEqualTo(200);
        return client;
      } catch (IOException e) {
        Thread.yield(); // an earlier connection counts still
      }
    }
  }
}
