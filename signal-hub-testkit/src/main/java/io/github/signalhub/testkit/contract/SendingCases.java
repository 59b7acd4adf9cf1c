package io.github.signalhub.testkit.contract;

import io.github.signalhub.Hub;
import io.github.signalhub.PublishResult;
import io.github.signalhub.spi.Handshake;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Cases of sending: clients get messages once, in order and unchanged, or a gap. */
final class SendingCases {
  private SendingCases() {}

  static void addTo(Map<String, TransportContract.Script> scripts) {
    scripts.put("every peer gets every broadcast in order", SendingCases::broadcasts);
    scripts.put(
        "a topic reaches its followers alone, and in one order with other topics",
        SendingCases::topics);
    scripts.put("a message to one client or user reaches nobody else", SendingCases::addressed);
    scripts.put("texts of every length and script arrive unchanged", SendingCases::texts);
    scripts.put(
        "a stalled peer holds up nobody, and catches up without a mixed frame",
        SendingCases::stalledPeerCatchesUp);
    scripts.put(
        "a stalled peer without gaps is closed with 4100 after its half-written frame",
        SendingCases::stalledPeerIsClosed);
    scripts.put(
        "a peer that comes back gets everything that it missed, once and in order",
        SendingCases::resumes);
    scripts.put(
        "a peer that cannot resume is told before anything else", SendingCases::cannotResume);
  }

  private static void broadcasts(Stage stage) throws Exception {
    stage.open(Hub.builder());
    List<Peer> peers = List.of(stage.connect(), stage.connect(), stage.connect());

    Stage.numbers(0, 1_000).forEach(n -> stage.hub.broadcast("N", n));

    for (Peer peer : peers) {
      stage.awaitPayloads(peer, Stage.numbers(0, 1_000));
    }
  }

  private static void topics(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer odd = stage.connect(Handshake.builder().topic("odd"));
    Peer both = stage.connect(Handshake.builder().topic("odd").topic("even"));

    Stage.numbers(0, 200)
        .forEach(n -> stage.hub.topic((Long) n % 2 == 0 ? "even" : "odd").publish("N", n));

    stage.awaitPayloads(both, Stage.numbers(0, 200));
    stage.awaitPayloads(
        odd, Stage.numbers(0, 200).stream().filter(n -> (Long) n % 2 == 1).toList());
  }

  private static void addressed(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer first = stage.connect(Handshake.builder().user("ann"));
    Peer second = stage.connect(Handshake.builder().user("ann"));
    Peer other = stage.connect();

    Expect.equal(
        PublishResult.Status.ACCEPTED,
        stage.recorder.connected.get(0).send("N", 1L).status(),
        "a message to a client",
        "A connected client can be sent a message.");
    stage.hub.user("ann").send("N", 2L);
    stage.hub.broadcast("N", 3L);

    stage.awaitPayloads(first, List.of(1L, 2L, 3L));
    stage.awaitPayloads(second, List.of(2L, 3L));
    stage.awaitPayloads(other, List.of(3L));
  }

  private static void texts(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer peer = stage.connect();
    List<Object> texts =
        new ArrayList<>(List.of("", "é", "日本語", "\uD83D\uDE80", "\u2028\u0000\"\\"));
    for (int length : new int[] {1, 60, 61, 62, 63, 64, 65, 66, 125, 126, 127, 4_096, 65_535}) {
      texts.add("a".repeat(length));
      texts.add("日".repeat(length));
    }

    texts.forEach(text -> stage.hub.broadcast("T", text));

    stage.awaitPayloads(peer, texts);
  }

  private static void stalledPeerCatchesUp(Stage stage) throws Exception {
    stage.open(Stage.retainingAll());
    Peer stalled = stage.connect();
    Peer reading = stage.connect();
    stalled.stall();
    List<Object> all = Stage.numbers(0, Stage.MORE_THAN_BUFFERS);

    all.forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));

    stage.awaitFirstElements(reading, all);
    stalled.resume();
    stage.awaitFirstElements(stalled, all);
    Expect.that(
        stalled.received().equals(reading.received()),
        "the same bytes for both peers",
        "different ones",
        "A frame that another one is mixed into breaks the client's connection.");
  }

  private static void stalledPeerIsClosed(Stage stage) throws Exception {
    stage.open(Hub.builder().maxLogBytes(1 << 20));
    Peer stalled = stage.connect();
    Peer reading = stage.connect();
    stalled.stall();

    List<Object> all = publishFasterThanAStalledPeerReads(stage, reading);

    stage.awaitFirstElements(reading, all);
    stalled.resume();
    stage.awaitCloseCode(
        4100,
        stalled,
        "The log held 1 MiB of 40. A peer that still gets everything gets it from a carrier that"
            + " buffers unread messages without a limit.");
    List<Object> got = Stage.firstElements(stalled);
    Expect.equal(
        all.subList(0, Math.min(got.size(), all.size())),
        got,
        "the first messages",
        "Messages before 4100 are whole and without a gap, so that the client can resume.");
    Expect.that(
        got.size() < all.size(), "fewer than all messages", got.size(), "It was closed for a gap.");
    Expect.that(
        reading.closeCode().isEmpty(),
        "an open connection for the peer that reads",
        reading.closeCode(),
        "A slow client must cost nobody else.");
  }

  /** Publishes 40 MiB. Each message waits for the other peer, because the log is small. */
  static List<Object> publishFasterThanAStalledPeerReads(Stage stage, Peer reading)
      throws InterruptedException {
    List<Object> all = Stage.numbers(0, Stage.MORE_THAN_BUFFERS);
    for (Object n : all) {
      int published = Math.toIntExact((Long) n) + 1;
      boolean[] accepted = {false};
      stage.await( // refused while the stalled peer's loop has not run for a while
          () -> accepted[0] = accepted[0] || isAccepted(stage, n),
          "an accepted broadcast",
          () -> "refused ones",
          "A client that does not read must not fill the log.");
      stage.await(
          () -> reading.received().size() == published,
          published + " messages for the peer that reads",
          () -> reading.received().size(),
          "A slow client must delay nobody else.");
    }
    return all;
  }

  private static boolean isAccepted(Stage stage, Object n) {
    return stage.hub.broadcast("N", List.of(n, Stage.BULK)).isAccepted();
  }

  private static void resumes(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer before = stage.connect(Handshake.builder().topic("t"));
    Stage.numbers(0, 10).forEach(n -> stage.hub.topic("t").publish("N", n));
    stage.awaitPayloads(before, Stage.numbers(0, 10));
    String last = (String) Stage.json(before.received().get(9)).get("id");
    before.cut();
    stage.awaitDisconnected(1);
    Stage.numbers(10, 20).forEach(n -> stage.hub.topic("t").publish("N", n));

    Peer after = stage.connect(Handshake.builder().topic("t").after(last));
    Stage.numbers(20, 30).forEach(n -> stage.hub.topic("t").publish("N", n));

    stage.awaitPayloads(after, Stage.numbers(10, 30));
  }

  private static void cannotResume(Stage stage) throws Exception {
    stage.open(Hub.builder());
    stage.hub.broadcast("N", 1L);

    String unknown = "0".repeat(16) + "-" + "0".repeat(16);
    Peer peer = stage.connect(Handshake.builder().topic("t").after(unknown).controlMessages(true));
    stage.hub.broadcast("N", 2L);

    stage.harness.await(() -> peer.received().size() >= 4);
    String why = "A client must know that messages are missing before it shows newer ones.";
    Expect.equal(
        List.of("$hello", "$gap", "$gap", "N"),
        peer.received().stream().map(text -> Stage.json(text).get("type")).toList(),
        "types of messages",
        why);
    Expect.equal(
        false,
        Stage.payload(peer.received().get(0)).get("resumed"),
        "\"resumed\" of $hello as",
        why);
  }
}
