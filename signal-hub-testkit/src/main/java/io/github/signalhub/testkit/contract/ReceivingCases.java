package io.github.signalhub.testkit.contract;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Cases of receiving: a peer's messages reach the listener once, in order and unchanged. */
final class ReceivingCases {
  private ReceivingCases() {}

  static void addTo(Map<String, TransportContract.Script> scripts) {
    scripts.put("messages of a peer reach the listener in order", ReceivingCases::inOrder);
    scripts.put(
        "texts of every length and script reach the listener unchanged", ReceivingCases::texts);
    scripts.put(
        "a binary message is refused with 1003 unless a listener takes it",
        ReceivingCases::binaryIsRefused);
    scripts.put("a binary message reaches a listener that takes it", ReceivingCases::binaryIsTaken);
    scripts.put(
        "reading pauses while the listener waits, and goes on without loss",
        ReceivingCases::pauses);
  }

  private static void inOrder(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer peer = stage.connect();

    for (int i = 0; i < 500; i++) {
      peer.send("{\"type\":\"N\",\"payload\":" + i + "}");
    }

    stage.awaitMessages(500);
    Expect.equal(
        Stage.numbers(0, 500),
        stage.recorder.messages.stream().map(Message::payload).toList(),
        "messages",
        "Listeners rely on the order of a client's messages.");
  }

  private static void texts(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer peer = stage.connect();
    List<String> texts = new ArrayList<>(List.of("", "é", "日本語", "\uD83D\uDE80"));
    for (int length : new int[] {1, 125, 126, 127, 4_096, 20_000}) {
      texts.add("a".repeat(length));
      texts.add("日".repeat(length));
    }

    texts.forEach(peer::send);

    stage.harness.await(() -> stage.recorder.texts.size() >= texts.size());
    Expect.equal(
        texts, stage.recorder.texts, "texts", "A listener gets the text that a client sent.");
  }

  private static void binaryIsRefused(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Peer peer = stage.connect();

    peer.sendBinary(new byte[] {1, 2, 3});

    String why = "A client learns by 1003 that the application takes no binary messages.";
    stage.awaitCloseCode(1003, peer, why);
    stage.awaitDisconnected(1);
    Expect.equal(List.of(1003), stage.recorder.closeCodes(), "codes of ends", why);
  }

  private static void binaryIsTaken(Stage stage) throws Exception {
    stage.open(Hub.builder());
    Recorder taking = new Recorder(true);
    stage.hub.addListener(taking);
    Peer peer = stage.connect();

    peer.sendBinary(new byte[] {1, 2, 3});
    peer.send("then text");

    stage.harness.await(() -> !stage.recorder.texts.isEmpty() && !taking.binary.isEmpty());
    String why = "A listener that accepts binary messages gets them unchanged.";
    Expect.equal(
        List.of("[1, 2, 3]"),
        taking.binary.stream().map(Arrays::toString).toList(),
        "binary messages",
        why);
    Expect.equal(List.of("then text"), stage.recorder.texts, "texts", why);
    Expect.that(peer.closeCode().isEmpty(), "an open connection", peer.closeCode(), why);
  }

  private static void pauses(Stage stage) throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    stage.open(Hub.builder());
    stage.hub.onMessage((client, message) -> Stage.awaitQuietly(waits));
    Peer peer = stage.connect();
    Peer other = stage.connect();

    for (int n = 0; n < Stage.MORE_THAN_BUFFERS; n++) {
      peer.send("{\"type\":\"N\",\"payload\":[" + n + ",\"" + Stage.BULK + "\"]}");
    }
    try {
      stage.awaitStandstill(peer, stage.recorder.connected.get(0));
      Expect.that(
          peer.unsent() > 0,
          "messages that the carrier does not read while the listener waits",
          "a carrier that has read all 40 MiB",
          "A client that sends faster than its listener works must not fill the memory.");
      stage.hub.broadcast("N", 1L);
      stage.awaitPayloads(other, List.of(1L));
    } finally {
      waits.countDown();
    }

    stage.awaitMessages(Stage.MORE_THAN_BUFFERS);
    Expect.equal(
        Stage.numbers(0, Stage.MORE_THAN_BUFFERS),
        stage.recorder.messages.stream()
            .<Object>map(message -> ((List<?>) message.payload()).get(0))
            .toList(),
        "messages",
        "A client that has to wait loses nothing.");
  }
}
