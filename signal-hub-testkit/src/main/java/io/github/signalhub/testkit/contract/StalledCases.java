package io.github.signalhub.testkit.contract;

import io.github.signalhub.Hub;
import io.github.signalhub.connection.DisconnectReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Cases of stalls: a peer that does not read costs bounded memory, and gets only whole frames. */
final class StalledCases {
  private static final int SOME = 160;

  private StalledCases() {}

  static void addTo(Map<String, CarrierContract.Script> scripts) {
    scripts.put(
        "a stalled peer that understands gaps gets a gap, and what the log still holds",
        StalledCases::getsGap);
    scripts.put(
        "a half-written frame is finished before a client is disconnected",
        StalledCases::disconnectedWithinAFrame);
    scripts.put(
        "a stalled client that is closed gets everything before the close, if it reads in time",
        StalledCases::closedWithinAFrame);
  }

  private static void getsGap(CarrierStage stage) throws Exception {
    stage.open(Hub.builder().maxLogBytes(1 << 20));
    SocketPeer stalled = stage.peerWithSmallBuffers("signal-hub=1");
    SocketPeer reading = stage.peer("");
    stalled.stall();

    SendingCases.publishFasterThanAStalledPeerReads(stage, reading);
    stalled.resume();
    awaitLive(stage, stalled);

    List<Long> numbers = numbers(stalled);
    Expect.that(
        types(stalled).contains("$gap") && numbers.size() < Stage.MORE_THAN_BUFFERS,
        "a gap",
        numbers.size() + " of " + Stage.MORE_THAN_BUFFERS + " messages and no gap",
        "The log held 1 MiB of 40. A peer that still gets everything gets it from a carrier that"
            + " buffers unread messages without a limit.");
    Expect.equal(
        numbers.stream().sorted().distinct().toList(),
        numbers,
        "messages once and in order",
        "A client shows the latest message.");
    Expect.that(
        stalled.closeCode().isEmpty(), "an open connection", stalled.closeCode(), "It got a gap.");
  }

  /**
   * Publishes until a message reaches a peer that reads again. A message may fall into the next gap
   * until the peer has read all earlier ones.
   */
  private static void awaitLive(CarrierStage stage, SocketPeer peer) throws InterruptedException {
    for (long n = Stage.MORE_THAN_BUFFERS;
        ;
        n++) { // terminates: each round brings a gap or the message
      long newest = n;
      long gaps = gaps(peer);
      stage.hub.broadcast("N", List.of(newest));
      stage.await(
          () -> numbers(peer).contains(newest) || gaps(peer) > gaps,
          "a message that is published after a stalled peer reads again, or a gap",
          () -> numbers(peer) + " with " + types(peer) + ", close code " + peer.closeCode(),
          "A client that was too slow for a while is live again afterwards.");
      if (numbers(peer).contains(newest)) {
        return;
      }
    }
  }

  private static long gaps(SocketPeer peer) {
    return types(peer).stream().filter("$gap"::equals).count();
  }

  private static void disconnectedWithinAFrame(CarrierStage stage) throws Exception {
    stage.open(Stage.retainingAll());
    SocketPeer stalled = stage.peerWithSmallBuffers("user=ann");
    SocketPeer reading = stage.peer("user=bob");
    stalled.stall();
    List<Object> all = Stage.numbers(0, Stage.MORE_THAN_BUFFERS);
    all.forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));
    stage.awaitFirstElements(reading, all); // the stalled peer has taken all it can by now

    stage.hub.user("ann").disconnect(new DisconnectReason(4001, "logged out"));
    stage.hub.broadcast("N", List.of(-1L));
    stalled.resume();

    String why = "After a half-written frame, a close is read as a part of that frame.";
    stage.awaitCloseCode(4001, stalled, why);
    List<Object> got = Stage.firstElements(stalled);
    Expect.that(
        got.size() < all.size(),
        "fewer than all messages",
        got.size(),
        "A user who was logged out gets only the rest of the frame that had begun.");
    Expect.equal(all.subList(0, got.size()), got, "the first messages, whole", why);
  }

  private static void closedWithinAFrame(CarrierStage stage) throws Exception {
    stage.open(Stage.retainingAll());
    SocketPeer stalled = stage.peerWithSmallBuffers("");
    stalled.stall();
    List<Object> all = Stage.numbers(0, SOME);
    all.forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));

    stage.recorder.connected.get(0).close(new DisconnectReason(4001, "bye"));
    stalled.resume();

    String why = "A client that is closed in good order loses nothing.";
    stage.awaitCloseCode(4001, stalled, why);
    Expect.equal(all, Stage.firstElements(stalled), "messages", why);
  }

  private static List<Object> types(SocketPeer peer) {
    return peer.received().stream().map(text -> Stage.json(text).get("type")).toList();
  }

  private static List<Long> numbers(SocketPeer peer) {
    List<Long> numbers = new ArrayList<>();
    for (String text : peer.received()) {
      if ("N".equals(Stage.json(text).get("type"))) {
        numbers.add((Long) ((List<?>) Stage.json(text).get("payload")).get(0));
      }
    }
    return numbers;
  }
}
