package io.github.signalhub.jdkserver;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.admission.ConnectRequest;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.admission.HandshakeHook;
import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.RawClient.Answer;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Registrar;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the protocol, of origins and of the application for connections. */
@Timeout(60)
class HandshakeIT {
  private static final AttributeKey<String> TENANT = AttributeKey.of("tenant", String.class);

  private final Hub hub = Hub.create();
  private final BlockingQueue<Client> connected = new LinkedBlockingQueue<>();
  private final CountDownLatch entered = new CountDownLatch(1); // used by a held hook
  private final CountDownLatch release = new CountDownLatch(1);
  private SignalServer server;

  HandshakeIT() {
    hub.addListener(
        new HubListener() {
          @Override
          public void onConnect(Client client) {
            connected.add(client);
          }
        });
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Nested
  class Origins {
    @Test
    void ofTheSameHostAndPortMayConnect() throws Exception {
      start(builder());

      assertThat(status("/ws", "Origin: http://localhost")).isEqualTo(101);
      assertThat(status("/ws", "Origin: http://localhost:81")).isEqualTo(403);
      assertThat(status("/ws", "Origin: http://evil.example")).isEqualTo(403);
      assertThat(status("/ws", "Origin: null")).isEqualTo(403);
    }

    @Test
    void onTheListMayConnectBesides() throws Exception {
      start(builder().allowedOrigins("https://app.example"));

      assertThat(status("/ws", "Origin: https://app.example")).isEqualTo(101);
      assertThat(status("/ws", "Origin: http://localhost")).isEqualTo(101);
      assertThat(status("/ws", "Origin: http://app.example")).isEqualTo(403);
    }

    @Test
    void ofAnyKindMayConnectIfTold() throws Exception {
      start(builder().allowAnyOrigin());

      assertThat(status("/ws", "Origin: http://evil.example")).isEqualTo(101);
    }
  }

  @Nested
  class WithoutAHook {
    @Test
    void topicsAreRefused() throws Exception {
      start(builder());

      assertThat(status("/ws?topic=flow:42")).isEqualTo(403);
      assertThat(status("/ws?other=1")).isEqualTo(101);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "/ws?topic=%24user:ann",
          "/ws?topic=",
          "/ws?topic=%ff",
          "/ws?after=a&after=b",
          "/ws?session=1",
          "/ws?topic=a@00ff00ff00ff00ff-0000000000000001&topic=a@00ff00ff00ff00ff-0000000000000002",
        })
    void queriesThatNobodyMayAskAre400(String target) throws Exception {
      start(builder());

      assertThat(status(target)).isEqualTo(400);
    }

    @Test
    void tooManyOrTooLongTopicsAre400() throws Exception {
      start(builder());

      assertThat(status("/ws?" + topics(129))).isEqualTo(400);
      assertThat(status("/ws?" + topics(128))).isEqualTo(403);
      assertThat(status("/ws?topic=" + "%C3%A4".repeat(128))).isEqualTo(400);
    }

    private static String topics(int count) {
      return IntStream.range(0, count).mapToObj(i -> "topic=" + i).collect(joining("&"));
    }

    @Test
    void theProtocolsRulesAreKept() throws Exception {
      start(builder());

      Answer oldVersion =
          answer(
              "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      assertThat(oldVersion.status()).isEqualTo(426);
      assertThat(oldVersion.header("Sec-WebSocket-Version")).isEqualTo("13");
      Answer post = answer(RawClient.handshake("/ws").replace("GET", "POST"));
      assertThat(post.status()).isEqualTo(405);
      assertThat(post.header("Allow")).isEqualTo("GET");
      assertThat(answer(RawClient.handshake("/ws").replace("ZQ==", "")).status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/ws", "/ws?x=1", "http://localhost/ws"})
  void mayBeAtAnyOfThePaths(String target) throws Exception {
    start(builder().paths("/", "/ws"));

    assertThat(status(target)).isEqualTo(101);
    assertThat(status("/elsewhere")).isEqualTo(404);
  }

  @Nested
  class WithAHook {
    @Test
    void aClientIsWhoTheHookSaysAndFollowsWhatItGrants() throws Exception {
      start(
          builder()
              .handshake(
                  request ->
                      HandshakeDecision.accept()
                          .user(request.parameter("name").orElseThrow())
                          .topics(request.topics())));

      try (RawClient client =
          RawClient.webSocket(server.port(), "/ws?name=J%C3%B6rg+A&topic=flow:42&topic=ledger")) {
        Client seen = connected.poll(30, TimeUnit.SECONDS);
        assertThat(seen.user()).contains("J\u00f6rg A");
        hub.topic("other").publish("A", 1);
        hub.topic("flow:42").publish("B", 2);
        hub.user("J\u00f6rg A").send("C", 3);

        assertThat(client.readFrame().text()).contains("\"B\"").contains("\"flow:42\"");
        assertThat(client.readFrame().text()).contains("\"C\"");
      }
    }

    @Test
    void topicsStartWhereTheClientSaysIfTheyAreGranted() throws Exception {
      BlockingQueue<Handshake> handshakes = new LinkedBlockingQueue<>();
      Registrar registrar =
          new Registrar() {
            @Override
            public Inbound register(Connection connection, Handshake handshake) {
              handshakes.add(handshake);
              return new EchoRegistrar(1 << 20).register(connection, handshake);
            }

            @Override
            public void unregister(Inbound inbound, DisconnectReason reason) {}
          };
      List<String> asked = new CopyOnWriteArrayList<>();
      HandshakeHook hook =
          request -> {
            asked.addAll(request.topics());
            return HandshakeDecision.accept().topics("a", "b", "unasked");
          };
      String id = "00ff00ff00ff00ff-0000000000000001";
      String session = "0123456789abcdef0123456789abcdef";
      String query = "?topic=a%40" + id + "&topic=b&topic=c@" + id + "&session=" + session;

      server = SignalServer.builder(registrar).port(0).handshake(hook).start();
      RawClient.webSocket(server.port(), "/ws" + query).close();

      assertThat(asked).containsExactly("a", "b", "c");
      Handshake handshake = handshakes.remove();
      assertThat(handshake.topics()).containsExactlyInAnyOrder("a", "b", "unasked");
      assertThat(handshake.starts()).containsExactly(Map.entry("a", id));
      assertThat(handshake.session()).contains(session);
    }

    @Test
    void aHundredAndTwentyEightTopicsWithTheirStartsFitTheDefaultLimit() throws Exception {
      start(builder().handshake(request -> HandshakeDecision.accept()));
      String name = "x".repeat(16);
      StringBuilder query = new StringBuilder("/ws?signal-hub=1");
      query.append("&after=00ff00ff00ff00ff-0000000000000001&session=").append("a".repeat(32));
      for (int i = 100; i < 228; i++) {
        query.append("&topic=").append(name).append(i).append("%4000ff00ff00ff00ff-");
        query.append("0000000000000001");
      }

      assertThat(status(query.toString())).isEqualTo(101);
    }

    @Test
    void theHookSeesTheRequest() throws Exception {
      BlockingQueue<ConnectRequest> requests = new LinkedBlockingQueue<>();
      start(
          builder()
              .handshake(
                  request -> {
                    requests.add(request);
                    return HandshakeDecision.accept();
                  }));

      assertThat(status("/ws?a=1&a=2&b", "Origin: http://localhost", "Cookie: c=d")).isEqualTo(101);

      ConnectRequest request = requests.poll(30, TimeUnit.SECONDS);
      assertThat(request.path()).isEqualTo("/ws");
      assertThat(request.parameters().get("a")).containsExactly("1", "2");
      assertThat(request.parameter("b")).contains("");
      assertThat(request.origin()).contains("http://localhost");
      assertThat(request.header("cookie")).contains("c=d");
      assertThat(request.remoteAddress().getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void listenersSeeWhatTheHookGaveAndWhatTheClientMayShow() throws Exception {
      start(
          builder()
              .keptHeaders("User-Agent")
              .secretParameters("token")
              .handshake(request -> HandshakeDecision.accept().attribute(TENANT, "acme")));

      assertThat(status("/ws?room=a%20b&token=t&signal-hub=1", "User-Agent: some", "Cookie: c=d"))
          .isEqualTo(101);

      Client client = connected.poll(30, TimeUnit.SECONDS);
      assertThat(client.attribute(TENANT)).contains("acme");
      assertThat(client.path()).isEqualTo("/ws");
      assertThat(client.parameters()).isEqualTo(Map.of("room", List.of("a b")));
      assertThat(client.parameter("room")).contains("a b");
      assertThat(client.parameter("token")).isEmpty();
      assertThat(client.header("user-agent")).contains("some");
      assertThat(client.headers("Cookie")).isEmpty();
      assertThat(client.toString()).doesNotContain("acme", "some");
    }

    @Test
    void whatAClientWouldKeepIsBounded() throws Exception {
      start(builder().keptHeaders("Cookie").secretParameters("token"));

      assertThat(status("/ws?a=" + "x".repeat(4_091))).isEqualTo(101);
      assertThat(status("/ws?a=" + "x".repeat(4_092))).isEqualTo(431);
      assertThat(status("/ws", "Cookie: " + "x".repeat(4_088))).isEqualTo(431);
      assertThat(status("/ws?token=" + "x".repeat(5_000))).isEqualTo(101);
    }

    @Test
    void aCredentialThatHasEndedIsAnsweredWith401() throws Exception {
      start(builder().handshake(request -> HandshakeDecision.accept().expiresAt(Instant.EPOCH)));

      assertThat(status("/ws")).isEqualTo(401);
    }

    @Test
    void aRefusalIsAnsweredWithItsStatusAndText() throws Exception {
      start(builder().handshake(request -> HandshakeDecision.refuse(401, "who are you?")));

      Answer answer = answer(RawClient.handshake("/ws"));

      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.body()).isEqualTo("who are you?\n");
    }

    @Test
    void aHookThatFailsIsAnsweredWith500() throws Exception {
      start(
          builder()
              .handshake(
                  request -> {
                    if (request.parameter("null").isPresent()) {
                      return null;
                    }
                    throw new IOException("on purpose");
                  }));

      assertThat(status("/ws")).isEqualTo(500);
      assertThat(status("/ws?null")).isEqualTo(500);
    }

    @Test
    void moreTopicsThanTheHubTakesAre500IfTheHookChoseThem() throws Exception {
      List<String> many = IntStream.range(0, 129).mapToObj(i -> "t" + i).toList();
      start(builder().handshake(request -> HandshakeDecision.accept().topics(many)));

      assertThat(status("/ws")).isEqualTo(500);
    }

    @Test
    void whatIsRevokedWhileItDecidesIsNotGiven() throws Exception {
      start(
          builder()
              .handshake(held(HandshakeDecision.accept().user("ann").topics("secret", "kept"))));

      try (RawClient client = new RawClient(server.port())) {
        client.send(RawClient.handshake("/ws?signal-hub=1"));
        entered.await();
        hub.user("ann").leave("secret");
        release.countDown();

        assertThat(client.readAnswer().status()).isEqualTo(101);
        assertThat(client.readFrame().text()).contains("$hello");
        hub.topic("secret").publish("A", 1);
        hub.topic("kept").publish("B", 2);
        assertThat(client.readFrame().text()).contains("$left").contains("secret");
        assertThat(client.readFrame().text()).contains("\"B\"");
      }
    }

    @Test
    void aUserThatIsDisconnectedWhileItDecidesIsClosedAndSentNothing() throws Exception {
      start(builder().handshake(held(HandshakeDecision.accept().user("ann"))));

      try (RawClient client = new RawClient(server.port())) {
        client.send(RawClient.handshake("/ws?signal-hub=1"));
        entered.await();
        hub.user("ann").disconnect(new DisconnectReason(4003, "banned"));
        release.countDown();

        assertThat(client.readAnswer().status()).isEqualTo(101);
        assertThat(client.readFrame().closeCode()).isEqualTo(4003);
      }
    }

    @Test
    void aHookThatIsTooSlowIsNotWaitedFor() throws Exception {
      start(
          builder()
              .handshakeTimeout(Duration.ofSeconds(3)) // the request must reach the hook before it
              .handshake(held(HandshakeDecision.accept())));

      try (RawClient client = new RawClient(server.port())) {
        client.send(RawClient.handshake("/ws"));
        entered.await();
        client.assertEnds();
      }
      release.countDown();
      assertThat(connected).isEmpty();
    }
  }

  @Nested
  class Resume {
    @Test
    void goesOnBehindTheIdThatTheClientHas() throws Exception {
      start(builder());
      hub.broadcast("A", Map.of());
      String after = hub.lastId();
      hub.broadcast("B", Map.of());
      hub.broadcast("C", Map.of());

      try (RawClient client =
          RawClient.webSocket(server.port(), "/ws?signal-hub=1&after=" + after)) {
        assertThat(client.readFrame().text()).contains("$hello").contains("\"resumed\":true");
        assertThat(client.readFrame().text()).startsWith("{\"type\":\"B\"");
        assertThat(client.readFrame().text()).startsWith("{\"type\":\"C\"");
      }
    }
  }

  /** Returns a hook that gives this decision when it is released. */
  private HandshakeHook held(HandshakeDecision decision) {
    return request -> {
      entered.countDown();
      release.await();
      return decision;
    };
  }

  private SignalServerBuilder builder() {
    return SignalServer.builder(hub).port(0);
  }

  private void start(SignalServerBuilder builder) throws IOException {
    server = builder.start();
  }

  private int status(String target, String... lines) throws IOException {
    return answer(RawClient.handshake(target, lines)).status();
  }

  private Answer answer(String request) throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send(request);
      return client.readAnswer();
    }
  }
}
