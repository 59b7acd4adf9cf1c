package io.github.signalhub.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.connection.DisconnectReason;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Cases of admission: the clients that may connect, and the refusal of the others. */
final class AdmissionCases {
  private static final String SUBPROTOCOL = "Sec-WebSocket-Protocol";
  private static final AttributeKey<String> TENANT = AttributeKey.of("tenant", String.class);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private AdmissionCases() {}

  static void addTo(Map<String, CarrierContract.Script> scripts) {
    scripts.put("a page of a foreign origin is refused with 403", AdmissionCases::foreignOrigin);
    scripts.put(
        "a page of the same origin, one of an allowed origin, and a program without one may connect",
        AdmissionCases::admissibleOrigins);
    scripts.put(
        "a client that asks for topics is refused with 403 where there is no hook",
        AdmissionCases::topicsWithoutHook);
    scripts.put(
        "a client that the hook refuses gets the status of the hook", AdmissionCases::refusingHook);
    scripts.put("a client whose hook fails gets 500", AdmissionCases::failingHook);
    scripts.put(
        "a request for a foreign host is refused with 421 on a loopback address",
        AdmissionCases::foreignHost);
    scripts.put(
        "a client that offers the subprotocol signal-hub.v1 gets it, and control messages",
        AdmissionCases::subprotocol);
    scripts.put("a bad query is refused with 400", AdmissionCases::badQuery);
    scripts.put(
        "a client is the user and follows the topics that the hook says", AdmissionCases::grants);
    scripts.put(
        "a client has the attributes that the hook gives it, and the path and query of its request",
        AdmissionCases::request);
    scripts.put(
        "a client whose credential has ended is refused with 401", AdmissionCases::endedCredential);
    scripts.put(
        "a client whose credential ends is closed with 4001, unless it was renewed",
        AdmissionCases::credentialThatEnds);
  }

  private static void foreignOrigin(CarrierStage stage) throws Exception {
    stage.open(Hub.builder());
    String host = host(stage);

    for (String origin :
        List.of(
            "http://evil.example",
            "null",
            "http://127.0.0.1:1",
            "http://" + host + ".evil.example",
            "http://evil.example?" + host)) {
      stage.expectStatus(
          403,
          "",
          "Every page of the web could act with the cookies of whoever looks at it"
              + " (RFC 6455 §10.2).",
          "Origin: " + origin);
    }
    expectNobody(stage);
  }

  private static void admissibleOrigins(CarrierStage stage) throws Exception {
    stage.sockets.allowedOrigins = List.of("https://app.example");
    stage.open(Hub.builder());

    String why = "Pages of the application, and programs that are not browsers, have to get in.";
    stage.expectStatus(101, "", why);
    stage.expectStatus(101, "", why, "Origin: http://" + host(stage));
    stage.expectStatus(101, "", why, "Origin: https://app.example");
    stage.expectStatus(
        403,
        "",
        "An allowed origin allows no other one.",
        "Origin: https://app.example.evil.example");
  }

  private static void foreignHost(CarrierStage stage) throws Exception {
    stage.open(Hub.builder());

    stage.expectStatus(
        421,
        "",
        "A page can give its own name the address of the visitor's computer (DNS rebinding).",
        "Host: evil.example",
        "Origin: http://evil.example");
    expectNobody(stage);
  }

  private static void subprotocol(CarrierStage stage) throws Exception {
    stage.open(Hub.builder());
    String why = "Browsers end a connection whose subprotocol they did not offer (RFC 6455 §4.1).";

    Expect.equal(
        Optional.empty(),
        stage.sockets.handshake("", "Sec-WebSocket-Protocol: chat").field(SUBPROTOCOL),
        SUBPROTOCOL,
        why);
    try (RawSocket socket = stage.sockets.socket(0)) {
      String offer = SUBPROTOCOL + ": chat, signal-hub.v1";
      RawSocket.Answer answer = socket.handshake(stage.sockets.target(""), offer);
      Expect.equal(Optional.of("signal-hub.v1"), answer.field(SUBPROTOCOL), SUBPROTOCOL, why);
      Expect.equal(
          "$hello",
          Stage.json(new String(socket.readFrame().payload(), UTF_8)).get("type"),
          "first message",
          "A client that offers this subprotocol relies on control messages.");
    }
  }

  private static void topicsWithoutHook(CarrierStage stage) throws Exception {
    stage.sockets.hook = Optional.empty();
    stage.open(Hub.builder());

    stage.expectStatus(
        403, "topic=orders", "Where nobody decides about topics, nobody may read them.");
    expectNobody(stage);
    stage.expectStatus(101, "", "Broadcasts are for everybody.");
  }

  private static void refusingHook(CarrierStage stage) throws Exception {
    stage.sockets.hook =
        Optional.of(
            request ->
                HandshakeDecision.refuse(
                    request.parameter("status").map(Integer::parseInt).orElse(500)));
    stage.open(Hub.builder());

    for (int status : new int[] {401, 403, 429, 503}) {
      stage.expectStatus(
          status,
          "status=" + status,
          "Clients tell by the status whether to log in, to give up, or to come back.");
    }
    expectNobody(stage);
  }

  private static void failingHook(CarrierStage stage) throws Exception {
    stage.sockets.hook =
        Optional.of(
            request -> {
              throw new IOException("a hook that fails, as this case wants it");
            });
    stage.open(Hub.builder());

    stage.expectStatus(500, "", "If it cannot be decided who may connect, nobody may.");
    expectNobody(stage);
  }

  private static void badQuery(CarrierStage stage) throws Exception {
    stage.open(Hub.builder());
    String tooMany =
        IntStream.range(0, 129).mapToObj(i -> "topic=t" + i).collect(Collectors.joining("&"));

    for (String query :
        List.of(
            "topic=%ff",
            "topic=",
            "topic=%24user",
            "topic=" + "x".repeat(256),
            tooMany,
            "after=1&after=2",
            "session=mine")) {
      stage.expectStatus(
          400, query, "A client that asks for nonsense is told, and not served something else.");
    }
    expectNobody(stage);
  }

  private static void grants(CarrierStage stage) throws Exception {
    stage.sockets.hook =
        Optional.of(request -> HandshakeDecision.accept().user("ann").topics("granted"));
    stage.open(Hub.builder());

    SocketPeer peer = stage.peer("user=eve&topic=asked");
    stage.hub.topic("asked").publish("N", 1L);
    stage.hub.user("eve").send("N", 2L);
    stage.hub.topic("granted").publish("N", 3L);
    stage.hub.user("ann").send("N", 4L);

    String why = "A client gets what it was granted, whatever it asked for.";
    Client client = stage.recorder.connected.get(0);
    Expect.equal(Optional.of("ann"), client.user(), "user", why);
    Expect.equal(Set.of("granted"), client.topics(), "topics", why);
    stage.awaitPayloads(peer, List.of(3L, 4L));
  }

  private static void request(CarrierStage stage) throws Exception {
    stage.sockets.hook =
        Optional.of(request -> HandshakeDecision.accept().attribute(TENANT, "acme"));
    stage.open(Hub.builder());

    stage.peer("room=a%20b&topic=asked");

    String why = "The application decides by them later, when the request is gone.";
    Client client = stage.recorder.connected.get(0);
    Expect.equal(Optional.of("acme"), client.attribute(TENANT), "attribute", why);
    Expect.equal(stage.sockets.carrier().path(), client.path(), "path", why);
    Expect.equal(Map.of("room", List.of("a b")), client.parameters(), "parameters", why);
  }

  private static void endedCredential(CarrierStage stage) throws Exception {
    stage.sockets.hook = Optional.of(request -> HandshakeDecision.accept().expiresAt(NOW));
    stage.open(Hub.builder().clock(() -> NOW));

    stage.expectStatus(401, "", "A credential that has ended opens nothing.");
    expectNobody(stage);
  }

  private static void credentialThatEnds(CarrierStage stage) throws Exception {
    Instant end = NOW.plusSeconds(1);
    AtomicReference<Instant> now = new AtomicReference<>(NOW);
    stage.sockets.hook = Optional.of(request -> HandshakeDecision.accept().expiresAt(end));
    stage.open(Hub.builder().clock(now::get));

    SocketPeer ends = stage.peer("");
    SocketPeer goesOn = stage.peer("");
    stage.recorder.connected.get(1).expiresAt(NOW.plusSeconds(3_600));
    now.set(end); // the timer, which began before, looks at this clock

    String why = "A connection must not outlive its credential.";
    stage.awaitCloseCode(DisconnectReason.CREDENTIAL_EXPIRED.code(), ends, why);
    stage.hub.broadcast("N", 1L);
    stage.awaitPayloads(goesOn, List.of(1L));
  }

  private static String host(CarrierStage stage) {
    return stage.sockets.host();
  }

  private static void expectNobody(CarrierStage stage) {
    Expect.that(
        stage.recorder.connected.isEmpty() && stage.hub.clients().isEmpty(),
        "no client in the hub",
        stage.hub.clients(),
        "A refused client must not exist.");
  }
}
