package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.admission.HandshakeHook;
import io.github.signalhub.jdkserver.RawClient.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Admission by the origins, hosts and proxies of requests, with and without TLS. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Carrier.class)
class AdmissionIT {
  @Parameter private Carrier carrier;

  private final Hub hub = Hub.create();
  private HintLog log;
  private SignalServer server;

  @BeforeEach
  void listen() {
    log = new HintLog();
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
    log.close();
  }

  @Nested
  class Targets {
    @Test
    void ofBrowsersReachTheHookAsTheyAreMeant() throws Exception {
      BlockingQueue<String> rooms = new LinkedBlockingQueue<>();
      start(
          builder()
              .handshake(
                  request -> {
                    rooms.add(request.parameter("room").orElseThrow());
                    return HandshakeDecision.accept();
                  }));

      assertThat(status("/ws?room=a|b{c}^\\`[d]100%", "Host: localhost")).isEqualTo(101);

      assertThat(rooms.poll(20, TimeUnit.SECONDS)).isEqualTo("a|b{c}^\\`[d]100%");
    }

    @Test
    void ofBrowsersReachAHandlerAsAValidUri() throws Exception {
      BlockingQueue<String> uris = new LinkedBlockingQueue<>();
      start(
          builder()
              .context(
                  "/files[1]",
                  exchange -> {
                    uris.add(exchange.getRequestURI() + " " + exchange.getRequestURI().getPath());
                    exchange.sendResponseHeaders(204, -1);
                  }));

      assertThat(get("/files[1]/a|b?q={}").status()).isEqualTo(204);

      assertThat(uris.poll(20, TimeUnit.SECONDS))
          .isEqualTo("/files%5B1%5D/a%7Cb?q=%7B%7D /files[1]/a|b");
    }
  }

  @Nested
  class Origins {
    @ParameterizedTest
    @CsvSource({
      "https://app.example.org, 101",
      "http://localhost:5173, 101",
      "null, 101",
      "file://, 101",
      "capacitor://localhost, 101",
      "https://example.org, 403",
      "ionic://localhost, 403",
    })
    void mayBePatterns(String origin, int status) throws Exception {
      start(
          builder()
              .allowedOrigins(
                  "https://*.example.org",
                  "http://localhost:*",
                  "null",
                  "file://",
                  "capacitor://localhost"));

      assertThat(status("/ws", "Host: hub.example", "Origin: " + origin)).isEqualTo(status);
    }

    @Test
    void thatAreRefusedAreToldTheOperatorOnceWithTheWayOut() throws Exception {
      start(builder());
      String asked = carrier == Carrier.TLS ? "https://hub.example" : "hub.example";

      for (int i = 0; i < 3; i++) {
        assertThat(status("/ws", "Host: hub.example", "Origin: https://app.example"))
            .isEqualTo(403);
        assertThat(status("/ws", "Host: hub.example", "Origin: null")).isEqualTo(403);
      }

      assertThat(log.lines())
          .containsExactly(
              "WARNING Refused a page of the origin \"https://app.example\": it is not that of the"
                  + " request, which is for \""
                  + asked
                  + "\". If its pages may connect, set allowedOrigins(\"https://app.example\").",
              "WARNING Refused a page of the origin \"null\": it is not that of the request,"
                  + " which is for \""
                  + asked
                  + "\". If its pages may connect, set allowedOrigins(\"null\").");
    }

    @Test
    void thatAreRefusedBehindAProxyThatIsNotTrustedAreToldWithItsAddress() throws Exception {
      start(builder());

      assertThat(
              status(
                  "/ws",
                  "Host: internal",
                  "Origin: https://app.example",
                  "X-Forwarded-For: 203.0.113.7"))
          .isEqualTo(403);

      assertThat(log.lines())
          .singleElement()
          .asString()
          .endsWith("If a proxy of yours changed the host, set trustedProxies(\"127.0.0.1\").");
    }

    @Test
    void thatAreHostileForgeNoLine() throws Exception {
      start(builder());

      assertThat(status("/ws", "Host: hub", "Origin: {0}\u0085\u009b2J\t\"")).isEqualTo(403);

      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("\"{0}\\u0085\\u009b2J\\u0009\"\"")
          .contains("only allowAnyOrigin() would admit it");
    }
  }

  @Nested
  class Hosts {
    private final InetAddress loopback = InetAddress.getLoopbackAddress();

    @ParameterizedTest
    @CsvSource({
      "localhost, 101",
      "127.0.0.1, 101",
      "[::1], 101",
      "evil.example, 421",
      "localhost.evil.example, 421",
    })
    void atALoopbackAddressAreLocal(String host, int status) throws Exception {
      start(builder().bindAddress(loopback).context("/", exchange -> answer(exchange)));
      String authority = host + ":" + server.port();
      String scheme = carrier == Carrier.TLS ? "https://" : "http://";

      assertThat(status("/ws", "Host: " + authority, "Origin: " + scheme + authority))
          .isEqualTo(status);
      assertThat(get("/", "Host: " + authority).status()).isEqualTo(status == 101 ? 204 : 421);
      assertThat(get(scheme + authority + "/").status()).isEqualTo(status == 101 ? 204 : 421);
    }

    @Test
    void thatAreRefusedAreToldTheOperatorOnceWithTheWayOut() throws Exception {
      start(builder().bindAddress(loopback));

      assertThat(status("/ws", "Host: my.test:8080")).isEqualTo(421);
      assertThat(get("/other", "Host: my.test:8080").status()).isEqualTo(421);

      assertThat(log.lines())
          .containsExactly(
              "WARNING Refused a request for the host \"my.test:8080\": its name is not allowed."
                  + " If it is a name of this server, set allowedHosts(\"my.test\").");
    }

    /** A page with a rebound name may write such fields, and loopback may be trusted. */
    @Test
    void areNotThoseThatAProxyForwards() throws Exception {
      start(builder().bindAddress(loopback).trustedProxies("127.0.0.1", "::1"));

      assertThat(get("/", "Host: evil.example", "X-Forwarded-Host: localhost").status())
          .isEqualTo(421);
    }

    @ParameterizedTest
    @CsvSource({"my.test, 101", "a.my.test, 421", "a.example.org, 101", "localhost, 101"})
    void mayBeListedAtAnyAddress(String host, int status) throws Exception {
      start(builder().allowedHosts("my.test", "*.example.org"));

      assertThat(status("/ws", "Host: " + host)).isEqualTo(status);
    }

    @Test
    void mayBeAnyIfToldOrElsewhere() throws Exception {
      start(builder().bindAddress(loopback).allowAnyHost());
      assertThat(status("/ws", "Host: any.example")).isEqualTo(101);
      server.stop(Duration.ZERO);

      start(builder());

      assertThat(status("/ws", "Host: any.example")).isEqualTo(101);
    }
  }

  @Nested
  class Proxies {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "https://app.example      | X-Forwarded-Proto: https,http | 101",
          "http://app.example       | X-Forwarded-Proto: https,http | 403",
          "https://app.example      | X-Forwarded-Proto: https; X-Forwarded-Proto: http | 101",
          "https://app.example:8443 | X-Forwarded-Proto: https; X-Forwarded-Port: 8443 | 101",
          "https://other.example    | X-Forwarded-Proto: https | 403",
        })
    void sayWhatTheClientAskedFor(String origin, String fields, int status) throws Exception {
      start(builder().trustedProxies("127.0.0.1", "::1", "10.0.0.0/8"));
      String all =
          "Host: internal:8080; Origin: "
              + origin
              + "; X-Forwarded-For: 203.0.113.7, 10.0.0.2; X-Forwarded-Host: app.example; "
              + fields;

      assertThat(status("/ws", all.split("; *"))).isEqualTo(status);
    }

    @Test
    void thatAreNotTrustedSayNothing() throws Exception {
      start(builder());

      assertThat(
              status(
                  "/ws",
                  "Host: internal:8080",
                  "Origin: https://app.example",
                  "X-Forwarded-Host: app.example",
                  "Forwarded: for=203.0.113.7;host=app.example;proto=https"))
          .isEqualTo(403);
    }

    @Test
    void thatPassAFieldOfTheirClientOnLockNobodyOutAndAreToldTheOperator() throws Exception {
      BlockingQueue<InetSocketAddress> seen = new LinkedBlockingQueue<>();
      String[] both = {
        "Host: localhost", "X-Forwarded-For: 203.0.113.1", "Forwarded: for=6.6.6.6;proto=https"
      };
      start(builder().trustedProxies("127.0.0.1", "::1").handshake(seeing(seen)));

      assertThat(status("/ws", both)).isEqualTo(101);
      assertThat(status("/ws", both)).isEqualTo(101);

      assertThat(seen.poll(20, TimeUnit.SECONDS).getAddress().isLoopbackAddress()).isTrue();
      assertThat(log.lines())
          .containsExactly(
              "WARNING X-Forwarded-For and Forwarded from the proxy 127.0.0.1 name different"
                  + " clients, so neither is believed. Set proxyHeader to the one that the proxy"
                  + " writes.");
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-For, 203.0.113.1", "forwarded, 6.6.6.6"})
    void areBelievedInTheFieldThatTheyWrite(String field, String client) throws Exception {
      BlockingQueue<InetSocketAddress> seen = new LinkedBlockingQueue<>();
      start(
          builder().trustedProxies("127.0.0.1", "::1").proxyHeader(field).handshake(seeing(seen)));

      assertThat(
              status(
                  "/ws",
                  "Host: localhost",
                  "X-Forwarded-For: 203.0.113.1",
                  "Forwarded: for=6.6.6.6"))
          .isEqualTo(101);

      assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(new InetSocketAddress(client, 0));
      assertThat(log.lines()).isEmpty();
    }

    /** Otherwise a client that contradicts its proxy would have no limit. */
    @Test
    void thatAreContradictedShareOnePlaceByAddress() throws Exception {
      start(
          builder()
              .trustedProxies("127.0.0.1", "::1")
              .maxConnectionsPerAddress(1)
              .handshake(request -> HandshakeDecision.accept()));

      try (RawClient first = connect()) {
        first.send(handshake("/ws", contradiction("203.0.113.1")));
        assertThat(first.readAnswer().status()).isEqualTo(101);

        assertThat(status("/ws", contradiction("203.0.113.2"))).isEqualTo(429);
        assertThat(status("/ws", "Host: localhost", "X-Forwarded-For: 203.0.113.1")).isEqualTo(101);
      }
    }

    private static String[] contradiction(String client) {
      return new String[] {
        "Host: localhost", "X-Forwarded-For: " + client, "Forwarded: for=6.6.6.6"
      };
    }

    private static HandshakeHook seeing(BlockingQueue<InetSocketAddress> seen) {
      return request -> {
        seen.add(request.remoteAddress());
        return HandshakeDecision.accept();
      };
    }
  }

  private SignalServerBuilder builder() {
    return carrier.secure(SignalServer.builder(hub).port(0));
  }

  private void start(SignalServerBuilder builder) throws IOException {
    server = builder.start();
  }

  private RawClient connect() throws IOException {
    return new RawClient(carrier.connect(server.port()));
  }

  private int status(String target, String... lines) throws IOException {
    try (RawClient client = connect()) {
      client.send(handshake(target, lines));
      return client.readAnswer().status();
    }
  }

  private Answer get(String target, String... lines) throws IOException {
    String host = lines.length == 0 ? "Host: localhost\r\n" : "";
    String fields = lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n";
    try (RawClient client = connect()) {
      client.send("GET " + target + " HTTP/1.1\r\n" + host + fields + "\r\n");
      return client.readAnswer();
    }
  }

  private static String handshake(String target, String... lines) {
    return RawClient.handshake(target, lines).replaceFirst("Host: localhost\r\n", "");
  }

  private static void answer(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }
}
