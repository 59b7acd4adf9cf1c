package io.github.signalhub.testkit.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Cases of shutdown: a carrier or a hub that stops loses nothing, and clients reconnect. */
final class ShutdownCases {
  private static final int CLIENTS = 30;
  private static final int SOME = 160;

  private ShutdownCases() {}

  /** A stop of a carrier or of its hub, within a time. */
  private interface Stop {
    void stop(CarrierStage stage, Duration atMost) throws Exception;
  }

  static void addTo(Map<String, CarrierContract.Script> scripts) {
    Stop carrier = (stage, atMost) -> stage.sockets.stop(atMost);
    Stop hub = (stage, atMost) -> stage.hub.close(atMost);
    scripts.put(
        "a carrier that stops sends everything and then 1001, never 1006",
        stage -> sendsEverything(stage, carrier, hub));
    scripts.put(
        "a hub that is closed before its carrier sends everything and then 1001, never 1006",
        stage -> sendsEverything(stage, hub, carrier));
    scripts.put(
        "a carrier that stops refuses handshakes with 503 and Retry-After until its clients are gone",
        stage -> refusesMeanwhile(stage, carrier));
    scripts.put(
        "a hub that is closed refuses handshakes with 503 and Retry-After until its clients are gone",
        stage -> refusesMeanwhile(stage, hub));
    scripts.put(
        "a carrier that stops cuts a stalled client at the deadline",
        ShutdownCases::cutsAtDeadline);
    scripts.put("a carrier that stops leaves the hub open", ShutdownCases::leavesHubOpen);
  }

  private static void sendsEverything(CarrierStage stage, Stop first, Stop second)
      throws Exception {
    stage.open(Stage.retainingAll());
    List<SocketPeer> peers = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      peers.add(stage.peer(""));
    }
    List<Object> all = Stage.numbers(0, 1_000);

    all.forEach(n -> stage.hub.broadcast("N", n));
    new Background("the first stop", () -> first.stop(stage, CarrierStage.LONG)).await(stage);

    for (SocketPeer peer : peers) {
      stage.awaitCloseCode(
          1001,
          peer,
          "A client that gets 1001 reconnects at once. A client that is cut assumes a broken"
              + " network, and a client that did not get everything has lost messages.");
      stage.awaitPayloads(peer, all);
    }
    stage.awaitDisconnected(CLIENTS);
    Expect.that(
        stage.hub.clients().isEmpty(),
        "no client",
        stage.hub.clients(),
        "Clients of a carrier that has stopped are gone.");
    new Background("the second stop", () -> second.stop(stage, CarrierStage.LONG)).await(stage);
    Expect.that(
        statusOfHandshake(stage).orElse(0) != 101,
        "no handshake after the stop",
        101,
        "A client has to reach the next server.");
  }

  private static void refusesMeanwhile(CarrierStage stage, Stop stop) throws Exception {
    stage.open(Stage.retainingAll());
    SocketPeer stalled = stage.peerWithSmallBuffers("");
    SocketPeer reading = stage.peer("");
    stalled.stall();
    List<Object> all = Stage.numbers(0, SOME);
    all.forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));

    Background stopping = new Background("the stop", () -> stop.stop(stage, CarrierStage.LONG));

    String why = "While a server drains, a new client must learn when to try again.";
    stage.await(
        () -> statusOfHandshake(stage).orElse(0) == 503,
        "503 for a handshake while clients get their last messages",
        () -> statusOfHandshake(stage),
        why);
    String retryAfter = stage.sockets.handshake("").field("Retry-After").orElse("no such field");
    Expect.that(retryAfter.matches("[0-9]{1,9}"), "Retry-After in seconds", retryAfter, why);
    stalled.resume();
    for (SocketPeer peer : List.of(stalled, reading)) {
      stage.awaitCloseCode(1001, peer, "With 1001 a client knows that the server stops.");
      stage.awaitFirstElements(peer, all);
    }
    stopping.await(stage);
  }

  private static void cutsAtDeadline(CarrierStage stage) throws Exception {
    stage.open(Stage.retainingAll());
    SocketPeer stalled = stage.peerWithSmallBuffers("");
    stalled.stall();
    Stage.numbers(0, Stage.MORE_THAN_BUFFERS)
        .forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));

    stage.stopInBackground(Duration.ofSeconds(1)).await(stage);

    stage.awaitDisconnected(1);
    stalled.resume();
    stage.awaitEnd(stalled, "A client that does not read must not keep a server from stopping.");
  }

  private static void leavesHubOpen(CarrierStage stage) throws Exception {
    stage.open(Stage.retainingAll());
    SocketPeer peer = stage.peer("");

    stage.stopInBackground(CarrierStage.LONG).await(stage);

    stage.awaitCloseCode(1001, peer, "With 1001 a client knows that the server stops.");
    stage.awaitDisconnected(1);
    Expect.that(
        stage.hub.broadcast("N", 1L).isAccepted(),
        "a broadcast that is accepted",
        "a closed hub",
        "A hub may have other carriers.");
  }

  private static OptionalInt statusOfHandshake(CarrierStage stage) {
    try {
      return OptionalInt.of(stage.sockets.handshake("").status());
    } catch (IOException e) {
      return OptionalInt.empty(); // the port is closed
    }
  }
}
