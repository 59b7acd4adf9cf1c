package io.github.signalhub.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Cases of floods: a peer that sends too much, or too long messages, costs bounded memory. */
final class FloodCases {
  private static final int FLOOD = 20_000;
  private static final String FILLER = "f".repeat(1_000);
  private static final int MOST_BYTES = 64 << 10;

  private FloodCases() {}

  static void addTo(Map<String, CarrierContract.Script> scripts) {
    scripts.put(
        "a flood of short messages is not read while the listener waits, and nothing is lost",
        FloodCases::shortMessages);
    scripts.put(
        "a message over the limit gets 1009, and one of the limit is taken", FloodCases::tooLong);
    scripts.put(
        "a message without an end gets 1009 when its parts are over the limit",
        FloodCases::endless);
  }

  private static void shortMessages(CarrierStage stage) throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    stage.open(Hub.builder());
    stage.hub.onMessage((client, message) -> Stage.awaitQuietly(waits));
    SocketPeer peer = stage.peerWithSmallBuffers("");
    SocketPeer other = stage.peer("");

    for (int n = 0; n < FLOOD; n++) {
      peer.send("{\"type\":\"N\",\"payload\":" + n + ",\"filler\":\"" + FILLER + "\"}");
    }
    try {
      stage.awaitStandstill(peer, stage.recorder.connected.get(0));
      Expect.that(
          peer.unsent() > 0,
          "a peer whose writes block while the listener waits",
          "a carrier that has read " + FLOOD + " messages",
          "A client that sends faster than its listener works must not fill the memory.");
      stage.hub.broadcast("N", 1L);
      stage.awaitPayloads(other, List.of(1L));
    } finally {
      waits.countDown();
    }

    stage.awaitMessages(FLOOD);
    Expect.equal(
        Stage.numbers(0, FLOOD),
        stage.recorder.messages.stream().map(Message::payload).toList(),
        "messages",
        "A client that has to wait loses nothing.");
  }

  private static void tooLong(CarrierStage stage) throws Exception {
    stage.open(Hub.builder().maxClientMessageBytes(MOST_BYTES));
    SocketPeer peer = stage.peer("");

    peer.send("x".repeat(MOST_BYTES));
    stage.await(
        () -> stage.recorder.texts.size() == 1,
        "a message of " + MOST_BYTES + " bytes, which the hub allows",
        () -> stage.recorder.texts.size() + " messages and the close code " + peer.closeCode(),
        "A carrier takes every message that the hub allows.");
    peer.send("x".repeat(MOST_BYTES + 1));

    stage.awaitCloseCode(1009, peer, "A client learns by 1009 that its message is too long.");
    stage.awaitDisconnected(1);
    Expect.equal(1, stage.recorder.texts.size(), "messages", "A refused message is not delivered.");
  }

  private static void endless(CarrierStage stage) throws Exception {
    stage.open(Hub.builder().maxClientMessageBytes(MOST_BYTES));
    SocketPeer peer = stage.peer("");
    SocketPeer other = stage.peer("");
    byte[] part = "x".repeat(16 << 10).getBytes(UTF_8);

    peer.sendFrame(RawSocket.TEXT, part);
    for (int i = 0; i < 1_000; i++) { // 16 MiB in all, never the final fragment
      peer.sendFrame(RawSocket.CONTINUATION, part);
    }

    stage.awaitCloseCode(
        1009,
        peer,
        "A carrier that counts a message only at its end keeps every byte sent before.");
    stage.awaitDisconnected(1);
    stage.hub.broadcast("N", 1L);
    stage.awaitPayloads(other, List.of(1L));
  }
}
