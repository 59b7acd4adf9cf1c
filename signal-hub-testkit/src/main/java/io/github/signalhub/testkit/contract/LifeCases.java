package io.github.signalhub.testkit.contract;

import io.github.signalhub.Hub;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Cases of a client's life: it connects once, disconnects once, and leaves nothing in the hub. */
final class LifeCases {
  private LifeCases() {}

  static void addTo(Map<String, TransportContract.Script> scripts) {
    scripts.put(
        "a client is connected once, and disconnected once with the peer's reason",
        LifeCases::endsOnceWithThePeersReason);
    scripts.put("a cut is an abnormal end", LifeCases::cutIsAbnormal);
    scripts.put("clients that come and go leave nothing behind", LifeCases::leavesNothing);
    scripts.put("a closed hub accepts nobody", LifeCases::closedHubAcceptsNobody);
  }

  private static void endsOnceWithThePeersReason(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer peer = stage.connect();

    peer.close(new DisconnectReason(4321, "done"));

    stage.awaitDisconnected(1);
    Expect.equal(
        List.of(new DisconnectReason(4321, "done")),
        stage.recorder.disconnected,
        "reasons of ends",
        "Applications tell a logout from a lost connection by the peer's code and reason.");
    Expect.equal(
        1, stage.recorder.connected.size(), "calls of onConnect", "One connection is one client.");
    Expect.that(
        stage.hub.clients().isEmpty(),
        "no client in the hub",
        stage.hub.clients(),
        "The hub must not send to clients that are gone.");
  }

  private static void cutIsAbnormal(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer peer = stage.connect();

    peer.cut();

    stage.awaitDisconnected(1);
    Expect.equal(
        List.of(1006),
        stage.recorder.closeCodes(),
        "codes of ends",
        "Applications tell a lost connection from a close by 1006 (RFC 6455 §7.1.5).");
  }

  private static void leavesNothing(Stage stage) throws Exception {
    stage.open(Hub.builder());

    for (int i = 0; i < 40; i++) {
      Peer peer = stage.connect(Handshake.builder().user("u" + i).topic("t" + i));
      if (i % 2 == 0) {
        peer.cut();
      } else {
        peer.close(DisconnectReason.NORMAL);
      }
    }

    stage.awaitDisconnected(40);
    String why = "A server that runs for months must not keep memory of former clients.";
    Expect.equal(40, stage.recorder.connected.size(), "calls of onConnect", why);
    Expect.equal(0, stage.hub.stats().clients(), "clients", why);
    Expect.equal(1, stage.hub.stats().topics(), "topics (broadcasts alone)", why);
  }

  private static void closedHubAcceptsNobody(Stage stage) throws Exception {
    stage.open(Hub.builder());
    stage.hub.close(Duration.ofSeconds(5));

    try {
      Peer peer = stage.harness.connect(Handshake.builder().build());
      stage.await(
          () -> peer.closeCode().isPresent(),
          "a refusal or a close",
          () -> "an open connection",
          "A client that stays connected to a closed hub never comes back to the next server.");
    } catch (IOException refused) {
      // a refusal is as good as a close
    }

    Expect.that(
        stage.recorder.connected.isEmpty(),
        "no call of onConnect after the hub was closed",
        stage.recorder.connected,
        "An application that has shut down must not get new clients.");
  }
}
