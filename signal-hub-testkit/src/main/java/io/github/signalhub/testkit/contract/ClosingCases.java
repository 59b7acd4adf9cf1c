package io.github.signalhub.testkit.contract;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.connection.DisconnectReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Cases of closing: a client or a hub that is closed sends everything first, in bounded time. */
final class ClosingCases {
  private static final Duration LONG = Duration.ofSeconds(60);

  private ClosingCases() {}

  static void addTo(Map<String, TransportContract.Script> scripts) {
    scripts.put("closing the hub sends everything and then 1001", ClosingCases::closesHub);
    scripts.put("closing a client sends everything up to that moment", ClosingCases::closesClient);
    scripts.put(
        "a listener may close the client that it hears", ClosingCases::listenerClosesClient);
    scripts.put("a listener may close the hub", ClosingCases::listenerClosesHub);
    scripts.put(
        "a peer that does not read is cut at the deadline of the hub",
        ClosingCases::cutsAtDeadline);
  }

  private static void closesHub(Stage stage) throws Exception {
    stage.open(Stage.retainingAll());
    List<Peer> peers = List.of(stage.connect(), stage.connect(), stage.connect());
    List<Object> all = Stage.numbers(0, 2_000);

    all.forEach(n -> stage.hub.broadcast("N", n));
    Background closing = new Background("Hub.close", () -> stage.hub.close(LONG));

    closing.await(stage);
    for (Peer peer : peers) {
      stage.awaitPayloads(peer, all);
      stage.awaitCloseCode(
          1001, peer, "With 1001 a client knows that the server stops, and comes back.");
    }
    stage.awaitDisconnected(3);
    String why = "A closed hub has no clients and publishes nothing.";
    Expect.that(stage.hub.clients().isEmpty(), "no client", stage.hub.clients(), why);
    Expect.that(
        !stage.hub.broadcast("N", 1).isAccepted(), "a refused broadcast", "an accepted one", why);
  }

  private static void closesClient(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer peer = stage.connect();
    Client client = stage.recorder.connected.get(0);

    Stage.numbers(0, 100).forEach(n -> stage.hub.broadcast("N", n));
    client.send("N", 100L);
    client.close(new DisconnectReason(4001, "token expired"));

    String why = "A client that is closed first gets everything that was sent to it before.";
    stage.awaitCloseCode(4001, peer, why);
    Expect.equal(Stage.numbers(0, 101), Stage.payloads(peer), "messages", why);
    stage.awaitDisconnected(1);
    Expect.equal(
        List.of(4001),
        stage.recorder.closeCodes(),
        "codes of ends",
        "The first reason wins: the application gave it.");
  }

  private static void listenerClosesClient(Stage stage) throws Exception {
    stage.open(Hub.builder());
    stage.hub.onMessage(
        (client, message) -> {
          client.send("ANSWER", message.payload());
          client.close();
        });
    Peer peer = stage.connect();

    peer.send("{\"type\":\"ASK\",\"payload\":42}");

    String why = "A listener may answer and close in one go.";
    stage.awaitCloseCode(1000, peer, why);
    Expect.equal(List.of(42L), Stage.payloads(peer), "answers", why);
  }

  private static void listenerClosesHub(Stage stage) throws Exception {
    stage.open(Hub.builder());
    AtomicBoolean closed = new AtomicBoolean();
    stage.hub.onMessage(
        (client, message) -> {
          stage.hub.close(LONG);
          closed.set(true);
        });
    Peer peer = stage.connect();

    peer.send("{\"type\":\"STOP\"}");

    stage.await(
        closed::get,
        "a return of Hub.close in a listener",
        () -> "a call that still waits",
        "An application may stop at the request of a client.");
    stage.awaitCloseCode(1001, peer, "A hub that a listener closes ends like any other one.");
  }

  private static void cutsAtDeadline(Stage stage) throws Exception {
    stage.open(Stage.retainingAll());
    Peer stalled = stage.connect();
    stalled.stall();
    Stage.numbers(0, Stage.MORE_THAN_BUFFERS)
        .forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));

    Background closing = new Background("Hub.close", () -> stage.hub.close(Duration.ofMillis(200)));

    closing.await(stage);
    stage.awaitDisconnected(1);
    Expect.that(
        stage.hub.clients().isEmpty(),
        "no client",
        stage.hub.clients(),
        "A client that does not read must not keep a server from stopping.");
  }
}
