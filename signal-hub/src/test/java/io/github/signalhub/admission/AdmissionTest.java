package io.github.signalhub.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.Hub;
import io.github.signalhub.LoggedWarnings;
import io.github.signalhub.admission.Verdict.Admitted;
import io.github.signalhub.admission.Verdict.Refused;
import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers to another server's adapter, a plain object that copies the request. */
class AdmissionTest {
  private static final String ID = "0123456789abcdef-0000000000000007";
  private static final String SESSION = "0123456789abcdef0123456789abcdef";
  private static final InetSocketAddress CLIENT = new InetSocketAddress("203.0.113.7", 4711);
  private static final InetSocketAddress PROXY = new InetSocketAddress("10.0.0.1", 4711);

  private final Hub hub = Hub.builder().maxTopicsPerClient(3).build();
  private final MemoryTransport transport = new MemoryTransport();
  private final LoggedWarnings warnings = new LoggedWarnings(Admission.class);

  @BeforeEach
  void attach() throws IOException {
    hub.attach(transport);
  }

  @AfterEach
  void close() {
    hub.close(Duration.ZERO);
    warnings.close();
  }

  @Nested
  class Pages {
    @ParameterizedTest
    @CsvSource({
      "http://hub.example, 101",
      "https://hub.example, 101",
      "http://hub.example:81, 403",
      "https://evil.example, 403",
      "null, 403",
      "http://hub.example http://hub.example, 403",
    })
    void mayConnectFromTheHostThatTheyAskFor(String origin, int status) {
      assertThat(status(Admission.builder(), request().header("origin", origin))).isEqualTo(status);
    }

    @Test
    void withTwoOriginsAreRefusedEvenIfAnyMayConnect() {
      AdmissionRequest.Builder request =
          request().header("Origin", "http://hub.example").header("ORIGIN", "http://hub.example");

      assertThat(status(Admission.builder().allowAnyOrigin(), request)).isEqualTo(403);
    }

    @Test
    void ofAnotherSchemeAreRefusedWhereTheConnectionIsEncrypted() {
      AdmissionRequest.Builder request = request().header("Origin", "http://hub.example");

      assertThat(status(Admission.builder(), request)).isEqualTo(101);
      assertThat(status(Admission.builder(), request.encrypted(true))).isEqualTo(403);
    }

    @Test
    void ofForeignOriginsMayConnectIfTheyAreListed() {
      Admission.Builder listed = Admission.builder().allowedOrigins("https://*.example.org");

      assertThat(status(listed, request().header("Origin", "https://app.example.org")))
          .isEqualTo(101);
      assertThat(status(listed, request().header("Origin", "https://example.org"))).isEqualTo(403);
      assertThat(status(listed.allowAnyOrigin(), request().header("Origin", "null")))
          .isEqualTo(101);
    }

    @Test
    void thatAreRefusedAreToldTheOperatorOnce() {
      Admission admission = Admission.builder().build();
      AdmissionRequest request =
          request().header("Origin", "https://app.example").header("Forwarded", "for=x").build();

      assertThat(admission.admit(request, transport, hub))
          .isEqualTo(
              new Refused(403, "pages of this origin may not connect (RFC 6455 §10.2)", Map.of()));
      admission.admit(request, transport, hub);

      assertThat(warnings.texts())
          .containsExactly(
              "Refused a page of the origin \"https://app.example\": it is not that of the request,"
                  + " which is for \"hub.example\". If its pages may connect, set"
                  + " allowedOrigins(\"https://app.example\"). If a proxy of yours changed the host,"
                  + " set trustedProxies(\"203.0.113.7\").");
    }
  }

  @Nested
  class Proxies {
    private final Admission.Builder trusting = Admission.builder().trustedProxies("10.0.0.0/8");

    @ParameterizedTest
    @CsvSource({
      "https://app.example, 101",
      "http://app.example, 403",
      "http://internal:8080, 403",
    })
    void thatAreTrustedSayWhatThePageAskedFor(String origin, int status) {
      AdmissionRequest.Builder request =
          request(PROXY, "internal:8080")
              .header("Origin", origin)
              .header("X-Forwarded-For", "203.0.113.7")
              .header("X-Forwarded-Proto", "https")
              .header("X-Forwarded-Host", "app.example");

      assertThat(status(trusting, request)).isEqualTo(status);
    }

    @Test
    void thatAreTrustedNameTheClient() {
      AdmissionRequest.Builder request =
          request(PROXY, "hub.example").header("forwarded", "for=\"[2001:db8::1]:99\"");

      assertThat(admitted(trusting, request).remoteAddress())
          .contains(new InetSocketAddress("2001:db8::1", 99));
    }

    @Test
    void thatAreNotTrustedSayNothing() {
      AdmissionRequest.Builder request =
          request().header("X-Forwarded-For", "6.6.6.6").header("X-Forwarded-Host", "app.example");

      assertThat(admitted(trusting, request).remoteAddress()).contains(CLIENT);
      assertThat(status(trusting, request.header("Origin", "http://app.example"))).isEqualTo(403);
    }

    @Test
    void thatAreNotKnownAreNotTrusted() {
      InetSocketAddress unknown = InetSocketAddress.createUnresolved("unknown", 0);
      AdmissionRequest.Builder request =
          request(unknown, "hub.example").header("X-Forwarded-For", "6.6.6.6");

      assertThat(admitted(trusting.trustedProxies("0.0.0.0/0", "::/0"), request).remoteAddress())
          .contains(unknown);
    }

    @Test
    void whoseOnlyFieldIsMalformedAreRefused() {
      assertThat(answer(trusting, request(PROXY, "hub.example").header("Forwarded", "for=\"")))
          .isEqualTo(new Refused(400, "Forwarded is malformed (RFC 7239 §4)", Map.of()));
    }

    @Test
    void whoseFieldsContradictEachOtherAreNotBelieved() {
      AdmissionRequest.Builder request =
          request(PROXY, "hub.example")
              .header("X-Forwarded-For", "203.0.113.7")
              .header("Forwarded", "for=6.6.6.6");

      assertThat(admitted(trusting, request).remoteAddress()).contains(PROXY);
      assertThat(warnings.texts()).singleElement().asString().contains("Set proxyHeader");
      assertThat(admitted(trusting.proxyHeader("forwarded"), request).remoteAddress())
          .contains(new InetSocketAddress("6.6.6.6", 0));
    }
  }

  @Nested
  class Hosts {
    @ParameterizedTest
    @CsvSource({
      "localhost:8080, 101",
      "127.0.0.1, 101",
      "evil.example:8080, 421",
      "localhost.evil.example, 421",
    })
    void thatAreReboundAreRefusedAtALoopbackAddress(String host, int status) {
      Admission.Builder local = Admission.builder().bindAddress(InetAddress.getLoopbackAddress());
      AdmissionRequest.Builder request =
          request(CLIENT, host)
              .header("Origin", "http://" + host)
              .header("X-Forwarded-Host", "localhost");

      assertThat(status(local, request)).isEqualTo(status);
      assertThat(status(local.allowAnyHost(), request)).isEqualTo(101);
    }

    @Test
    void areAllAllowedElsewhereUnlessSomeAreNamed() throws IOException {
      Admission.Builder open = Admission.builder();
      assertThat(status(open, request())).isEqualTo(101);
      assertThat(status(open.bindAddress(InetAddress.getByName("0.0.0.0")), request()))
          .isEqualTo(101);

      assertThat(answer(open.allowedHosts("other.example"), request()))
          .isEqualTo(new Refused(421, "this host is not served here (RFC 9110 §7.4)", Map.of()));
      assertThat(warnings.texts())
          .containsExactly(
              "Refused a request for the host \"hub.example\": its name is not allowed."
                  + " If it is a name of this server, set allowedHosts(\"hub.example\").");
    }

    @Test
    void thatAreTwoAreRefusedUnlessTheyAreEqual() {
      assertThat(answer(Admission.builder(), request().header("host", "other.example")))
          .isEqualTo(new Refused(400, "expected one Host (RFC 9112 §3.2)", Map.of()));
      assertThat(status(Admission.builder(), request().header("host", "HUB.example")))
          .isEqualTo(101);
    }

    /** A carrier that forgets to copy the header lines would let in every page. */
    @ParameterizedTest
    @ValueSource(strings = {"Host", "X-Other"})
    void thatAreMissingAreRefused(String emptyLine) {
      AdmissionRequest.Builder bare = AdmissionRequest.builder(CLIENT).header(emptyLine, "");

      assertThat(answer(Admission.builder().allowAnyOrigin(), bare))
          .isEqualTo(new Refused(400, "a handshake must have a Host (RFC 6455 §4.1)", Map.of()));
    }
  }

  @Nested
  class Queries {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "topic=%",
          "topic=%ff",
          "topic=$users",
          "topic=",
          "after=a&after=b",
          "session=x",
          "t=\u00e4"
        })
    void thatNobodyMayAskAre400(String query) {
      assertThat(status(Admission.builder().handshake(granting()), request().query(query)))
          .isEqualTo(400);
    }

    @Test
    void forMoreTopicsThanAClientMayNameAre400() {
      String query =
          IntStream.rangeClosed(0, 128)
              .mapToObj(i -> "topic=" + i)
              .collect(Collectors.joining("&"));

      assertThat(answer(Admission.builder().handshake(granting()), request().query(query)))
          .isEqualTo(new Refused(400, "expected at most 128 topics", Map.of()));
    }

    @Test
    void forTopicsAre403WithoutAHook() {
      assertThat(answer(Admission.builder(), request().query("topic=a")))
          .isEqualTo(new Refused(403, "topics cannot be asked for here", Map.of()));
    }

    @Test
    void sayHowTheClientGoesOn() {
      Handshake handshake =
          admitted(
              Admission.builder().handshake(granting()),
              request().query("topic=a&topic=b@" + ID + "&after=x&session=" + SESSION));

      assertThat(handshake.topics()).containsExactlyInAnyOrder("a", "b");
      assertThat(handshake.starts()).isEqualTo(Map.of("b", ID));
      assertThat(handshake.after()).contains("x");
      assertThat(handshake.session()).contains(SESSION);
      assertThat(handshake.controlMessages()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "signal-hub=1 | chat               | true  | false",
          "''           | chat,signal-hub.v1 | true  | true",
          "''           | Signal-Hub.v1      | false | false",
          "signal-hub=2 | ''                 | false | false",
        })
    void orTheSubprotocolAskForControlMessages(
        String query, String offered, boolean control, boolean agreed) {
      AdmissionRequest.Builder request =
          request().query(query).header("sec-websocket-protocol", offered);

      Admitted admitted = (Admitted) answer(Admission.builder(), request);

      assertThat(admitted.handshake().controlMessages()).isEqualTo(control);
      assertThat(admitted.subprotocol().isPresent()).isEqualTo(agreed);
      assertThat(admitted.subprotocol().orElse(Admission.SUBPROTOCOL)).isEqualTo("signal-hub.v1");
    }
  }

  @Nested
  class Hooks {
    @Test
    void seeTheRequest() {
      List<Object> seen = new ArrayList<>();
      Admission.Builder asking =
          Admission.builder()
              .handshake(
                  request -> {
                    seen.add(request.path());
                    seen.add(request.parameter("token").orElseThrow());
                    seen.add(request.topics());
                    seen.add(request.header("COOKIE").orElseThrow());
                    seen.add(request.headers("cookie"));
                    seen.add(request.origin().orElseThrow());
                    seen.add(request.remoteAddress());
                    return HandshakeDecision.accept();
                  });

      answer(
          asking,
          request()
              .target(URI.create("ws://ignored/r%C3%A4ume?token=a+b&topic=t@" + ID))
              .headers(Map.of("Cookie", List.of("a=1", "b=2")))
              .header("Origin", "http://hub.example"));

      assertThat(seen)
          .containsExactly(
              "/r\u00e4ume",
              "a b",
              List.of("t"),
              "a=1",
              List.of("a=1", "b=2"),
              "http://hub.example",
              CLIENT);
    }

    @Test
    void seeThePrincipalThatTheCarrierHasAuthenticated() {
      List<Optional<Principal>> seen = new ArrayList<>();
      Admission.Builder asking =
          Admission.builder()
              .handshake(
                  request -> {
                    seen.add(request.principal());
                    return HandshakeDecision.accept();
                  });
      Principal ann = new X500Principal("CN=ann");

      answer(asking, request().principal(ann));
      answer(asking, request());

      assertThat(seen).containsExactly(Optional.of(ann), Optional.empty());
    }

    @Test
    void sayWhoTheClientIs() {
      Handshake handshake =
          admitted(
              Admission.builder()
                  .handshake(request -> HandshakeDecision.accept().user("ann").topics("a")),
              request());

      assertThat(handshake.user()).contains("ann");
      assertThat(handshake.topics()).containsExactly("a");
    }

    @Test
    void thatRefuseAreAnsweredWithTheirStatusAndText() {
      assertThat(hook(request -> HandshakeDecision.refuse(401, "log in")))
          .isEqualTo(new Refused(401, "log in", Map.of()));
    }

    @Test
    void thatThrowAre500AndAWarning() {
      assertThat(
              hook(
                  request -> {
                    throw new IOException("the database of \u001b[2J is gone");
                  }))
          .isEqualTo(new Refused(500, "Internal Server Error", Map.of()));
      assertThat(warnings.texts()).containsExactly("The handshake hook failed");
    }

    @Test
    void thatFailWithAnErrorAre500() {
      assertThat(
              hook(
                  request -> {
                    throw new LinkageError("no class");
                  }))
          .isEqualTo(new Refused(500, "Internal Server Error", Map.of()));
    }

    @Test
    void thatReturnNullAre500AndAWarning() {
      assertThat(hook(request -> null))
          .isEqualTo(new Refused(500, "Internal Server Error", Map.of()));
      assertThat(warnings.texts()).containsExactly("The handshake hook failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$users"})
    void thatLetABadNamePassAre400(String name) {
      assertThat(hook(request -> HandshakeDecision.accept().topics(name)))
          .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.status()).isEqualTo(400));
      assertThat(hook(request -> HandshakeDecision.accept().user("u".repeat(256))))
          .isEqualTo(
              new Refused(
                  400,
                  "expected a user of 1 to 255 UTF-8 bytes, was one of 256 characters",
                  Map.of()));
      assertThat(warnings.texts()).isEmpty();
    }

    @Test
    void thatGrantMoreTopicsThanTheHubTakesAre400IfTheClientAskedForThem() {
      Admission.Builder granting = Admission.builder().handshake(granting());

      assertThat(status(granting, request().query("topic=a&topic=b&topic=c"))).isEqualTo(101);
      assertThat(answer(granting, request().query("topic=a&topic=b&topic=c&topic=d")))
          .isEqualTo(new Refused(400, "the hub takes fewer topics of a client", Map.of()));
      assertThat(warnings.texts()).isEmpty();
    }

    @Test
    void areHeldToTheSameLimitThroughTheRegistrarThatATransportIsGiven() throws IOException {
      OwnTransport own = new OwnTransport();
      hub.attach(own);
      Admission admission = Admission.builder().handshake(granting()).build();
      AdmissionRequest request = request().query("topic=a&topic=b&topic=c&topic=d").build();

      assertThat(admission.admit(request, own, own.registrar))
          .isEqualTo(new Refused(400, "the hub takes fewer topics of a client", Map.of()));
    }

    @Test
    void thatGrantMoreTopicsThanTheHubTakesAre500IfTheyChoseThem() {
      assertThat(hook(request -> HandshakeDecision.accept().topics("a", "b", "c", "d")))
          .isEqualTo(new Refused(500, "Internal Server Error", Map.of()));
      assertThat(warnings.texts())
          .containsExactly("The handshake hook granted 4 topics, and the hub takes 3 of a client");
    }

    @Test
    void areNotAskedAboutWhatIsRefusedWithoutThem() {
      List<String> asked = new ArrayList<>();
      Admission.Builder asking =
          Admission.builder()
              .handshake(
                  request -> {
                    asked.add(request.path());
                    return HandshakeDecision.accept();
                  });

      assertThat(status(asking, request().header("Origin", "http://evil.example"))).isEqualTo(403);
      assertThat(status(asking, request().query("after=1&after=2"))).isEqualTo(400);

      assertThat(asked).isEmpty();
    }

    private Verdict hook(HandshakeHook hook) {
      return answer(Admission.builder().handshake(hook), request());
    }
  }

  @Nested
  class Revocations {
    @Test
    void duringTheHookHoldThoughItGrantsTheTopic() {
      hub.user("somebody").leave("t");
      Handshake handshake =
          admitted(
              Admission.builder()
                  .handshake(
                      request -> {
                        hub.user("ann").leave("t");
                        return HandshakeDecision.accept().user("ann").topics("t", "u");
                      }),
              request());

      MemoryLink link = transport.connect(handshake);

      assertThat(handshake.decidedSince()).isEqualTo(1);
      assertThat(hub.client(link.clientId()).orElseThrow().topics()).containsExactly("u");
    }

    @Test
    void ofAllClientsOfTheUserDuringTheHookCloseTheClient() {
      DisconnectReason banned = new DisconnectReason(4003, "banned");
      Handshake handshake =
          admitted(
              Admission.builder()
                  .handshake(
                      request -> {
                        hub.user("ann").disconnect(banned);
                        return HandshakeDecision.accept().user("ann");
                      }),
              request());

      MemoryLink link = transport.connect(handshake);
      transport.run();

      assertThat(link.closeReason()).contains(banned);
    }
  }

  @Nested
  class Draining {
    static Stream<Transport> transports() {
      return Stream.of(new MemoryTransport(), new CallbackTransport("test", Runnable::run));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void isToldWithTheTimeThatTheCarrierWasTold(Transport carrier) throws IOException {
      carrier.start(hub);
      Admission admission = Admission.builder().build();
      assertThat(admission.admit(request().build(), carrier, hub)).isInstanceOf(Admitted.class);

      carrier.stopAccepting(Duration.ofSeconds(7));

      assertThat(admission.admit(request().build(), carrier, hub)).isEqualTo(stopping("7"));
      carrier.stop();
      assertThat(admission.admit(request().build(), carrier, hub)).isEqualTo(stopping("7"));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void isToldByACarrierThatWasStoppedAtOnce(Transport carrier) throws IOException {
      carrier.start(hub);

      carrier.stop();

      assertThat(Admission.builder().build().admit(request().build(), carrier, hub))
          .isEqualTo(stopping("1"));
    }

    @ParameterizedTest
    @CsvSource({
      "PT0S, 1",
      "PT-3S, 1",
      "PT0.001S, 1",
      "PT1.5S, 2",
      "PT60S, 60",
      "P400D, 31536000",
      "PT2562047788015215H30M7.999S, 31536000",
    })
    void isToldInWholeSeconds(Duration retryAfter, String seconds) {
      transport.stopAccepting(retryAfter);

      assertThat(answer(Admission.builder(), request())).isEqualTo(stopping(seconds));
    }

    @Test
    void isToldAfterAHookThatSawItsBeginning() {
      Admission.Builder slow =
          Admission.builder()
              .handshake(
                  request -> {
                    transport.stopAccepting(Duration.ofSeconds(30));
                    return HandshakeDecision.accept();
                  });

      assertThat(answer(slow, request())).isEqualTo(stopping("30"));
    }

    @Test
    void isToldToNoPageOfAReboundName() {
      transport.stopAccepting(Duration.ZERO);

      assertThat(status(Admission.builder().allowedHosts("my.test"), request())).isEqualTo(421);
    }

    @Test
    void isLikeANodeThatCannotReachTheOthers() {
      Registrar cutOff =
          new Registrar() {
            @Override
            public Inbound register(Connection connection, Handshake handshake) {
              return hub.register(connection, handshake);
            }

            @Override
            public void unregister(Inbound inbound, DisconnectReason reason) {
              hub.unregister(inbound, reason);
            }

            @Override
            public boolean isAvailable() {
              return false;
            }
          };

      assertThat(Admission.builder().build().admit(request().build(), transport, cutOff))
          .isEqualTo(
              new Refused(503, "this node cannot reach the others", Map.of("Retry-After", "1")));
    }

    private Refused stopping(String seconds) {
      return new Refused(503, "the server is stopping", Map.of("Retry-After", seconds));
    }
  }

  @Nested
  class Halves {
    @Test
    void giveTheSameAnswerAsTheWhole() {
      List<String> asked = new ArrayList<>();
      Admission admission =
          Admission.builder()
              .handshake(
                  request -> {
                    asked.add(request.path());
                    return HandshakeDecision.accept().user("ann");
                  })
              .build();

      Admission.Candidate candidate =
          admission.check(admission.visitor(request().build()), transport);

      assertThat(candidate.refusal()).isEmpty();
      assertThat(admission.hasHook()).isTrue();
      assertThat(asked).isEmpty();
      assertThat(admission.decide(candidate, hub)).isInstanceOf(Admitted.class);
      assertThat(asked).containsExactly("/ws");
    }

    @Test
    void keepTheRefusalOfAnEarlierOne() {
      Admission admission = Admission.builder().allowedHosts("my.test").build();
      Refused refused = new Refused(421, "this host is not served here (RFC 9110 §7.4)", Map.of());

      Admission.Visitor visitor = admission.visitor(request().build());
      Admission.Candidate candidate = admission.check(visitor, transport);

      assertThat(visitor.refusal()).contains(refused);
      assertThat(visitor.remoteAddress()).isEqualTo(CLIENT);
      assertThat(candidate.refusal()).contains(refused);
      assertThat(admission.decide(candidate, hub)).isEqualTo(refused);
    }

    @Test
    void sayOfAnyRequestWhichClientSentIt() {
      Admission admission = Admission.builder().trustedProxies("10.0.0.1").build();

      Admission.Visitor direct = admission.visitor(request().encrypted(true).build());
      Admission.Visitor proxied =
          admission.visitor(
              request(PROXY, "internal")
                  .header("X-Forwarded-For", "203.0.113.9")
                  .header("X-Forwarded-Proto", "https")
                  .build());

      assertThat(direct.remoteAddress()).isEqualTo(CLIENT);
      assertThat(direct.isEncrypted()).isTrue();
      assertThat(direct.isProxied()).isFalse();
      assertThat(proxied.remoteAddress()).isEqualTo(new InetSocketAddress("203.0.113.9", 0));
      assertThat(proxied.isEncrypted()).isTrue();
      assertThat(proxied.isProxied()).isTrue();
      assertThat(admission.trusts(PROXY.getAddress())).isTrue();
      assertThat(admission.trusts(CLIENT.getAddress())).isFalse();
    }
  }

  @Nested
  class Options {
    @Test
    void thatAreMalformedAreRefusedWhereTheyAreSet() {
      Admission.Builder builder = Admission.builder();

      assertThatIllegalArgumentException().isThrownBy(() -> builder.allowedOrigins("*"));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.allowedHosts("a:80"));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.trustedProxies("localhost"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.proxyHeader("Via"))
          .withMessage("expected proxyHeader X-Forwarded-For or Forwarded, was Via");
    }

    @Test
    void ofADecisionAreRefusedWhereTheyAreSet() {
      assertThatIllegalArgumentException().isThrownBy(() -> HandshakeDecision.refuse(302));
      assertThatIllegalArgumentException().isThrownBy(() -> HandshakeDecision.accept().user(""));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> HandshakeDecision.accept().topics("$users"));
    }
  }

  @Nested
  class Clients {
    private static final AttributeKey<String> TENANT = AttributeKey.of("tenant", String.class);

    @Test
    void haveTheAttributesAndTheEndOfTheDecision() {
      Instant end = Instant.parse("2999-01-01T00:00:00Z");
      HandshakeDecision accepted = HandshakeDecision.accept().user("ann").topics("a");
      HandshakeDecision decision = accepted.attribute(TENANT, "acme").expiresAt(end).user("bob");

      Handshake handshake = admitted(Admission.builder().handshake(r -> decision), request());

      assertThat(handshake.attributes().get(TENANT)).contains("acme");
      assertThat(handshake.expiresAt()).contains(end);
      assertThat(handshake.user()).contains("bob");
      assertThat(handshake.topics()).containsExactly("a");
    }

    @Test
    void keepTheirPathAndTheParametersOfTheApplication() {
      String query =
          "signal-hub=1&room=a%2Bb&topic=a&session=" + SESSION + "&after=" + ID + "&%74icket=x&e";
      Admission.Builder admission =
          Admission.builder().handshake(granting()).secretParameters("ticket");

      Handshake handshake = admitted(admission, request().path("/a%20b").query(query));

      assertThat(handshake.path()).isEqualTo("/a b");
      assertThat(handshake.parameters())
          .isEqualTo(Map.of("room", List.of("a+b"), "e", List.of("")));
    }

    @Test
    void keepOnlyTheHeadersThatWereChosen() {
      Admission.Builder admission = Admission.builder().keptHeaders("User-Agent", "user-AGENT");
      AdmissionRequest.Builder request =
          request().header("user-agent", "one").header("Cookie", "s=1").header("USER-AGENT", "two");

      Handshake handshake = admitted(admission, request);

      assertThat(handshake.headers("User-Agent")).containsExactly("one", "two");
      assertThat(handshake.headers("Cookie")).isEmpty();
      assertThat(handshake.headers("Host")).isEmpty();
    }

    @Test
    void keepNoMoreThanTheLimitAndTheRefusedOnesAreNotShownToTheHook() {
      List<ConnectRequest> asked = new ArrayList<>();
      Admission.Builder admission =
          Admission.builder()
              .keptHeaders("Cookie")
              .secretParameters("token")
              .handshake(
                  request -> {
                    asked.add(request);
                    return HandshakeDecision.accept();
                  });
      String most = "x".repeat(Handshake.MAX_REQUEST_CHARS - "/ws".length() - "a=".length());
      String topics = "&topic=" + "t".repeat(255) + "&token=" + "x".repeat(5_000);

      assertThat(status(admission, request().query("a=" + most + "x"))).isEqualTo(431);
      assertThat(status(admission, request().header("cookie", "x".repeat(4_096)))).isEqualTo(431);
      assertThat(asked).isEmpty();
      assertThat(status(admission, request().query("a=" + most + topics))).isEqualTo(101);
      assertThat(asked).hasSize(1);
    }

    @Test
    void whoseCredentialHasEndedAreRefused() throws IOException {
      Instant now = Instant.parse("2026-01-01T00:00:00Z");
      Hub hub = Hub.builder().clock(() -> now).build();
      MemoryTransport transport = new MemoryTransport();
      hub.attach(transport);

      for (Instant end : List.of(now, now.minusNanos(1), Instant.EPOCH, Instant.MIN)) {
        HandshakeHook hook = request -> HandshakeDecision.accept().expiresAt(end);
        Admission admission = Admission.builder().handshake(hook).build();
        assertThat(admission.admit(request().build(), transport, hub))
            .isEqualTo(new Refused(401, "the credential has ended", Map.of()));
      }
      HandshakeHook hook = request -> HandshakeDecision.accept().expiresAt(now.plusNanos(1));
      assertThat(status(Admission.builder().handshake(hook), request())).isEqualTo(401);
      Admission admission = Admission.builder().handshake(hook).build();
      assertThat(admission.admit(request().build(), transport, hub)).isInstanceOf(Admitted.class);
      hub.close(Duration.ZERO);
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void whoseHookSetsAnAttributeOfTheWrongClassGet500AndTheValueIsNotLogged() {
      AttributeKey raw = TENANT;
      HandshakeHook hook = request -> HandshakeDecision.accept().attribute(raw, List.of("secret"));

      assertThat(status(Admission.builder().handshake(hook), request())).isEqualTo(500);
      assertThat(warnings.texts()).hasSize(1).noneMatch(text -> text.contains("secret"));
    }

    @Test
    void showSecretsToNobodyWhoPrintsThem() {
      List<Object> printed = new ArrayList<>();
      HandshakeHook hook =
          request -> {
            HandshakeDecision decision = HandshakeDecision.accept().attribute(TENANT, "secret");
            printed.addAll(List.of(request, decision));
            return decision;
          };
      AdmissionRequest request = request().query("token=secret").header("Cookie", "secret").build();

      printed.add(request);
      printed.add(Admission.builder().handshake(hook).build().admit(request, transport, hub));

      assertThat(printed).hasSize(4).noneMatch(each -> each.toString().contains("secret"));
    }

    @Test
    void thatAreRefusedHaveNothingElse() {
      HandshakeDecision refused = HandshakeDecision.refuse(401);

      assertThatIllegalStateException().isThrownBy(() -> refused.attribute(TENANT, "acme"));
      assertThatIllegalStateException().isThrownBy(() -> refused.expiresAt(Instant.MAX));
      assertThatIllegalStateException().isThrownBy(() -> refused.user("ann"));
    }

    @Test
    void keepNoHeadersOfBadNames() {
      for (String name : List.of("", "a b", "a:", "\u00e9", "a\n")) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Admission.builder().keptHeaders("User-Agent", name));
      }
    }
  }

  /** The smallest transport that an author can write. */
  private static final class OwnTransport implements Transport {
    private Registrar registrar;

    @Override
    public String name() {
      return "own";
    }

    @Override
    public void start(Registrar registrar) {
      this.registrar = registrar;
    }

    @Override
    public void stopAccepting(Duration retryAfter) {}

    @Override
    public Optional<Duration> retryAfter() {
      return Optional.empty();
    }

    @Override
    public void stop() {}
  }

  private static AdmissionRequest.Builder request() {
    return request(CLIENT, "hub.example");
  }

  private static AdmissionRequest.Builder request(InetSocketAddress remote, String host) {
    return AdmissionRequest.builder(remote).path("/ws").header("Host", host);
  }

  private static HandshakeHook granting() {
    return request -> HandshakeDecision.accept().topics(request.topics());
  }

  private Verdict answer(Admission.Builder admission, AdmissionRequest.Builder request) {
    return admission.build().admit(request.build(), transport, hub);
  }

  private Handshake admitted(Admission.Builder admission, AdmissionRequest.Builder request) {
    return ((Admitted) answer(admission, request)).handshake();
  }

  /** Returns the status of the platform's answer; 101 if the client is admitted. */
  private int status(Admission.Builder admission, AdmissionRequest.Builder request) {
    Verdict verdict = answer(admission, request);
    return verdict instanceof Refused refused ? refused.status() : 101;
  }
}
