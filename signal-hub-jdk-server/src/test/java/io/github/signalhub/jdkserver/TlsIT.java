package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.jdkserver.RawClient.Frame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets and HTTP under TLS (RFC 8446, RFC 5246), over real sockets. */
@Timeout(60)
class TlsIT {
  private static final int MIB = 1 << 20;

  private static SSLContext serverContext;
  private static SSLContext clientContext;

  private final Hub hub =
      Hub.builder().maxPublishedBytes(2 * MIB).maxClientMessageBytes(2 * MIB).build();
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private SignalServer server;

  @BeforeAll
  static void makeCertificate() throws Exception {
    TestCertificate certificate = TestCertificate.root("localhost");
    serverContext = certificate.server();
    clientContext = certificate.trusting();
  }

  @BeforeEach
  void start() throws IOException {
    hub.onMessage((client, message) -> received.add((String) message.payload()));
    server =
        options()
            .pingInterval(Duration.ofMinutes(10)) // two hundred handshakes take a while
            .context(
                "/hello",
                exchange -> {
                  byte[] body = exchange.getRequestBody().readAllBytes();
                  byte[] answer =
                      (exchange.getProtocol() + " " + body.length + " " + "x".repeat(300_000))
                          .getBytes(UTF_8);
                  exchange.sendResponseHeaders(200, answer.length);
                  exchange.getResponseBody().write(answer);
                  exchange.close();
                })
            .start();
  }

  private SignalServerBuilder options() {
    return SignalServer.builder(hub).port(0).loops(2).tls(serverContext);
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Nested
  class Messages {
    @Test
    void ofOneMebibyteGoBothWays() throws Exception {
      JdkListener listener = new JdkListener();
      WebSocket socket =
          HttpClient.newBuilder()
              .sslContext(clientContext)
              .build()
              .newWebSocketBuilder()
              .buildAsync(URI.create("wss://localhost:" + server.port() + "/ws"), listener)
              .get(30, TimeUnit.SECONDS);
      String big = "0123456789abcdef".repeat(MIB / 16);

      for (int i = 0; i < 3; i++) {
        socket.sendText(json(big), true).get(30, TimeUnit.SECONDS);
        assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo(big);
        assertThat(hub.broadcast("BIG", big).isAccepted()).isTrue();
        assertThat(listener.next()).contains(big);
      }

      socket.sendClose(1000, "").get(30, TimeUnit.SECONDS);
      assertThat(listener.next()).isEqualTo("closed 1000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void comeInOrderWithEachVersionAndEndInGoodOrder(String version) throws Exception {
      try (RawClient client = new RawClient(connect(version))) {
        open(client);
        int count = 2_000;
        for (int i = 0; i < count; i++) {
          while (hub.broadcast("N", i).status() == PublishResult.Status.OVERLOADED) {
            Thread.onSpinWait();
          }
        }

        for (int i = 0; i < count; i++) {
          assertThat(client.readFrame().text()).contains("\"payload\":" + i + ",");
        }
        client.send(RawClient.hex("88 82 00 00 00 00 03 e8"));
        assertThat(client.readFrame().closeCode()).isEqualTo(1000);
        assertThat(client.readToEnd()).isEmpty(); // throws unless a close_notify comes
      }
    }

    @Test
    void areTheSameByteByByte() throws Exception {
      try (ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        CompletableFuture<Void> upstream = dribble(relay);
        try (RawClient client = new RawClient(connect("TLSv1.3", relay.getLocalPort()))) {
          open(client);
          client.send(RawClient.text(json("slowly")));

          assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("slowly");
        }
        upstream.get(30, TimeUnit.SECONDS);
      }
    }

    @Test
    void goOnAfterAKeyUpdate() throws Exception {
      SSLSocket socket = connect("TLSv1.3");
      try (RawClient client = new RawClient(socket)) {
        open(client);
        for (int i = 0; i < 5; i++) {
          socket.startHandshake(); // TLS 1.3: requests new keys of both sides (RFC 8446 §4.6.3)
          client.send(RawClient.text(json("after " + i)));
          assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("after " + i);
          hub.broadcast("N", i);
          assertThat(client.readFrame().text()).contains("\"payload\":" + i);
        }
      }
    }

    @Test
    void reachTwoHundredClients() throws Exception {
      List<RawClient> clients = new ArrayList<>();
      try {
        for (int i = 0; i < 200; i++) {
          RawClient client = new RawClient(connect(i % 2 == 0 ? "TLSv1.3" : "TLSv1.2"));
          clients.add(client);
          open(client);
        }

        hub.broadcast(Message.of("ALL", "x".repeat(100_000)));

        for (RawClient client : clients) {
          assertThat(client.readFrame().payload()).hasSizeGreaterThan(100_000);
        }
      } finally {
        for (RawClient client : clients) {
          client.close();
        }
      }
    }
  }

  @Nested
  class Http {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void requestsAreServedOneAfterTheOther(String version) throws Exception {
      try (RawClient client = new RawClient(connect(version))) {
        for (int i = 0; i < 3; i++) {
          client.send("POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
          client.send(new byte[100_000]);

          assertThat(client.readAnswer().body()).startsWith("HTTP/1.1 100000 xxx").hasSize(300_016);
        }
      }
    }

    @Test
    void aClientThatEndedItsOutputIsAnswered() throws Exception {
      SSLSocket socket = connect("TLSv1.3");
      try (RawClient client = new RawClient(socket)) {
        client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
        socket.shutdownOutput(); // sends close_notify

        assertThat(client.readAnswer().body()).startsWith("HTTP/1.1 0 xxx").hasSize(300_011);
        assertThat(client.readToEnd()).isEmpty();
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void onATlsPortWithoutTlsIsToldSoInPlainHttp(int chunk) throws Exception {
      for (String request :
          List.of(
              RawClient.handshake("/ws"),
              "\r\nGET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n",
              "POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000\r\n\r\n"
                  + "x".repeat(3_000))) {
        try (RawClient client = new RawClient(server.port())) {
          client.sendInChunks(chunk, request.getBytes(UTF_8)); // read to its end (RFC 9112 §9.6)
          RawClient.Answer answer = client.readAnswer();

          assertThat(answer.status()).isEqualTo(400);
          assertThat(answer.body()).isEqualTo("this port speaks TLS: use https: or wss:\n");
          client.assertEnds();
        }
      }
      assertThat(hub.clients()).isEmpty();
    }
  }

  @Nested
  class Origins {
    @Test
    void haveToBeOfTheSameSchemeToo() throws Exception {
      String host = "localhost";
      try (RawClient same = new RawClient(connect("TLSv1.3"));
          RawClient other = new RawClient(connect("TLSv1.3"))) {
        same.send(RawClient.handshake("/ws", "Origin: https://" + host));
        other.send(RawClient.handshake("/ws", "Origin: http://" + host + ":443"));

        assertThat(same.readAnswer().status()).isEqualTo(101);
        assertThat(other.readAnswer().status()).isEqualTo(403);
      }
    }
  }

  @Nested
  class Hostility {
    @ParameterizedTest
    @ValueSource(strings = {"", "16", "16 03 01 02 00 01 00 01 fc 03 03"})
    void aHandshakeThatStopsIsCutAtTheDeadline(String begun) throws Exception {
      Duration deadline = Duration.ofSeconds(3); // the begun part must arrive before it
      long start = System.nanoTime();
      try (SignalServer impatient = options().handshakeTimeout(deadline).start();
          RawClient client = new RawClient(impatient.port())) {
        client.send(RawClient.hex(begun));

        String closeNotify = "\25\3\3\0\2\1\0";
        assertThat(client.readToEnd().endsWith(closeNotify)).isEqualTo(!begun.isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(deadline);
      }
    }

    @Test
    void aSecondHandshakeEndsTheConnection() throws Exception {
      SSLSocket socket = connect("TLSv1.2");
      try (RawClient client = new RawClient(socket)) {
        open(client);

        assertThatExceptionOfType(IOException.class)
            .isThrownBy(
                () -> {
                  socket.startHandshake();
                  client.send(RawClient.text(json("never")));
                  client.readFrame();
                });
        assertThat(received).isEmpty();
      }
    }

    @Test
    void aClientThatReadsNothingDelaysNobodyAndIsCut() throws Exception {
      Duration longerThanAPause = Duration.ofSeconds(5); // it also applies to the client that reads
      try (SignalServer impatient = options().loops(1).writeTimeout(longerThanAPause).start();
          RawClient stalled = new RawClient(connect("TLSv1.3", impatient.port()));
          RawClient reading = new RawClient(connect("TLSv1.3", impatient.port()))) {
        open(stalled);
        open(reading);
        String big = "x".repeat(500_000);

        for (int i = 0; i < 40; i++) {
          hub.broadcast("BIG", big);
          Frame frame = reading.readFrame();
          assertThat(frame.payload()).hasSizeGreaterThan(500_000);
        }

        awaitClients(1);
      }
    }

    @Test
    void vanishingInTheMiddleOfAHandshakeLeavesNothing() throws Exception {
      for (int i = 0; i < 100; i++) {
        try (RawClient client = new RawClient(server.port())) {
          client.send(RawClient.hex("16 03 01 02 00 01 00 01 fc 03 03"));
          client.reset();
        }
      }
      try (RawClient client = new RawClient(connect("TLSv1.3"))) {
        open(client);
      }
    }
  }

  private void open(RawClient client) throws Exception {
    int before = hub.clients().size();
    client.send(RawClient.handshake("/ws"));
    assertThat(client.readAnswer().status()).isEqualTo(101);
    awaitClients(before + 1);
  }

  private void awaitClients(int count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (hub.clients().size() != count && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
    assertThat(hub.clients()).hasSize(count);
  }

  private SSLSocket connect(String version) throws IOException {
    return connect(version, server.port());
  }

  private static SSLSocket connect(String version, int port) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            clientContext.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setEnabledProtocols(new String[] {version});
    socket.startHandshake();
    return socket;
  }

  /** Relays one connection, byte by byte towards the server. */
  private CompletableFuture<Void> dribble(ServerSocket relay) {
    return CompletableFuture.runAsync(
        () -> {
          try (Socket client = relay.accept();
              Socket up = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            up.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            Thread down =
                new Thread(
                    () -> {
                      try {
                        up.getInputStream().transferTo(client.getOutputStream());
                      } catch (IOException e) {
                        // the test has ended the connection
                      }
                    });
            down.start();
            int next;
            while ((next = client.getInputStream().read()) >= 0) {
              up.getOutputStream().write(next);
            }
            up.shutdownOutput();
            down.join();
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static String json(String payload) {
    return "{\"type\":\"T\",\"payload\":\"" + payload + "\"}";
  }
}
