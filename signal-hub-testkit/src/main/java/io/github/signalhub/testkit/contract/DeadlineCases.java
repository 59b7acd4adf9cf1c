package io.github.signalhub.testkit.contract;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.connection.DisconnectReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Cases of deadlines: inactive peers are cut in bounded time, active ones are not. */
final class DeadlineCases {

  /** Long enough for a computer that pauses for a second. */
  private static final Duration SHORT = Duration.ofSeconds(3);

  private static final int SOME = 160;

  private DeadlineCases() {}

  static void addTo(Map<String, CarrierContract.Script> scripts) {
    scripts.put(
        "a dead peer is noticed by its unanswered pings, and disconnected",
        DeadlineCases::deadPeer);
    scripts.put(
        "a stalled peer that takes nothing is cut at the write deadline",
        DeadlineCases::takesNothing);
    scripts.put(
        "a slow peer that takes something is not cut at the write deadline",
        DeadlineCases::takesLittle);
    scripts.put(
        "a peer that does not answer the close is cut at the close deadline",
        DeadlineCases::ignoresClose);
    scripts.put(
        "a stalled peer that is closed is cut at a deadline", DeadlineCases::closedWhileStalled);
  }

  private static void deadPeer(CarrierStage stage) throws Exception {
    stage.sockets.timeouts = SocketHarness.PATIENT.withPing(Duration.ofSeconds(1), SHORT);
    stage.open(Hub.builder());
    SocketPeer dead = stage.peer("");
    SocketPeer alive = stage.peer("");
    Client deadClient = stage.recorder.connected.get(0);

    dead.ignorePings();

    String why =
        "A laptop that is shut sends no FIN. Without pings its user counts as present for ever,"
            + " and each such connection is kept until the server restarts.";
    stage.await(
        () -> !stage.recorder.disconnected.isEmpty(),
        "the end of a peer that answers no pings, 4 seconds after the last one",
        () -> "a connected client that got " + dead.pings() + " pings",
        why);
    stage.awaitDisconnected(1);
    Expect.that(
        !stage.hub.clients().contains(deadClient),
        "no dead client in the hub",
        stage.hub.clients(),
        why);
    stage.awaitEnd(dead, "The host keeps the socket and its memory until it is closed.");
    stage.await(
        () -> alive.pings() >= 4,
        "4 pings for a peer that answers",
        alive::pings,
        "Proxies cut idle connections.");
    stage.hub.broadcast("N", 1L);
    stage.awaitPayloads(alive, List.of(1L));
  }

  private static void takesNothing(CarrierStage stage) throws Exception {
    stage.sockets.timeouts = SocketHarness.PATIENT.withWrite(SHORT);
    stage.open(Stage.retainingAll());
    SocketPeer stalled = stage.peerWithSmallBuffers("");
    SocketPeer reading = stage.peer("");
    stalled.stall();
    List<Object> all = Stage.numbers(0, Stage.MORE_THAN_BUFFERS);

    all.forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));

    String why =
        "A peer that takes nothing holds memory of the host, of its system and of the log.";
    stage.await(
        () -> !stage.recorder.disconnected.isEmpty(),
        "the end of a peer that has taken nothing for 3 seconds",
        () -> "a connected client",
        why);
    stage.awaitDisconnected(1);
    stalled.resume();
    stage.awaitEnd(stalled, why);
    stage.awaitFirstElements(reading, all);
    Expect.that(
        reading.closeCode().isEmpty(),
        "an open connection for the peer that reads",
        reading.closeCode(),
        "A stalled client must cost nobody else.");
  }

  private static void takesLittle(CarrierStage stage) throws Exception {
    stage.sockets.timeouts = SocketHarness.PATIENT.withWrite(SHORT);
    stage.open(Stage.retainingAll());
    SocketPeer slow = stage.peerWithSmallBuffers("");
    slow.stall();
    List<Object> all = Stage.numbers(0, SOME);
    all.forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));

    long begin = System.nanoTime();
    while (System.nanoTime() - begin < SHORT.multipliedBy(3).toNanos()) {
      int got = slow.received().size();
      slow.readOne();
      stage.await(
          () -> slow.received().size() > got || slow.hasEnded(),
          "another message for a slow peer",
          () -> "none",
          "A client on a slow network gets everything, at its own speed.");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250)); // the pause sets the peer's speed
    }

    slow.resume();
    stage.awaitFirstElements(slow, all);
    Expect.that(
        slow.closeCode().isEmpty(),
        "an open connection for a slow peer",
        slow.closeCode(),
        "A client on a slow network is not cut while it takes something.");
  }

  private static void ignoresClose(CarrierStage stage) throws Exception {
    stage.sockets.timeouts = SocketHarness.PATIENT.withClose(SHORT);
    stage.open(Hub.builder());
    SocketPeer peer = stage.peer("");
    peer.ignoreClose();

    stage.recorder.connected.get(0).close(new DisconnectReason(4001, "token expired"));

    String why = "A peer that ignores a close must not stay connected.";
    stage.awaitCloseCode(4001, peer, why);
    stage.awaitDisconnected(1);
    stage.awaitEnd(peer, why);
  }

  private static void closedWhileStalled(CarrierStage stage) throws Exception {
    stage.sockets.timeouts = SocketHarness.PATIENT.withWrite(SHORT).withClose(SHORT);
    stage.open(Stage.retainingAll());
    SocketPeer stalled = stage.peerWithSmallBuffers("");
    stalled.stall();
    Stage.numbers(0, Stage.MORE_THAN_BUFFERS)
        .forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));

    stage.recorder.connected.get(0).close(new DisconnectReason(4001, "token expired"));

    String why =
        "A client whose rights have ended must not stay connected because it does not read.";
    stage.await(
        () -> !stage.recorder.disconnected.isEmpty(),
        "the end of a stalled peer that was closed, after 3 seconds",
        () -> "a connected client",
        why);
    stage.awaitDisconnected(1);
    stalled.resume();
    stage.awaitEnd(stalled, why);
  }
}
