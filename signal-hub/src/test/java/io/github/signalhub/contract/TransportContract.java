package io.github.signalhub.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.Message;
import io.github.signalhub.SendResult;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.json.Json;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every transport owes the hub. Extended by the test of a transport. */
@Timeout(60)
public abstract class TransportContract {
  private static final String BULK = "x".repeat(64 * 1024);

  /** With {@link #BULK} more than the buffers of any network between two processes hold. */
  private static final int MORE_THAN_BUFFERS = 640;

  /** Turns of a link in which a hub that reads takes more than a network delays. */
  private static final int TURNS = 500;

  private final Recorder recorder = new Recorder(false);
  private TransportHarness harness;
  private Hub hub;

  /** Creates the contract for one test. */
  protected TransportContract() {}

  /** Returns a harness around a transport that is not open yet. */
  protected abstract TransportHarness newHarness() throws Exception;

  @BeforeEach
  void prepare() throws Exception {
    harness = newHarness();
  }

  @AfterEach
  void release() throws Exception {
    harness.close();
  }

  @Nested
  class Life {
    @Test
    void clientIsConnectedOnceAndDisconnectedOnceWithThePeersReason() throws Exception {
      open(Hub.builder());
      Peer peer = connect(Handshake.builder());

      peer.close(new CloseReason(4321, "done"));

      await("disconnect", () -> !recorder.disconnected.isEmpty());
      assertThat(recorder.disconnected).containsExactly(new CloseReason(4321, "done"));
      assertThat(recorder.connected).hasSize(1);
      assertThat(hub.clients()).isEmpty();
    }

    @Test
    void cutIsAnAbnormalEnd() throws Exception {
      open(Hub.builder());
      Peer peer = connect(Handshake.builder());

      peer.cut();

      await("disconnect", () -> !recorder.disconnected.isEmpty());
      assertThat(recorder.disconnected).extracting(CloseReason::code).containsExactly(1006);
    }

    @Test
    void clientsThatComeAndGoLeaveNothingBehind() throws Exception {
      open(Hub.builder());

      for (int i = 0; i < 40; i++) {
        Peer peer = connect(Handshake.builder().user("u" + i).topic("t" + i));
        if (i % 2 == 0) {
          peer.cut();
        } else {
          peer.close(CloseReason.NORMAL);
        }
      }

      await("40 disconnects", () -> recorder.disconnected.size() == 40);
      assertThat(recorder.connected).hasSize(40);
      assertThat(hub.stats().clients()).isZero();
      assertThat(hub.stats().topics()).as("broadcasts alone").isEqualTo(1);
    }

    @Test
    void closedHubAcceptsNobody() throws Exception {
      open(Hub.builder());
      hub.close(Duration.ofSeconds(5));

      try {
        Peer peer = harness.connect(Handshake.builder().build());
        await("refusal", () -> peer.closeCode().isPresent());
      } catch (IOException e) {
        assertThat(e).as("a refusal is as good").isNotNull();
      }

      assertThat(recorder.connected).isEmpty();
    }
  }

  @Nested
  class Sending {
    @Test
    void everyPeerGetsEveryBroadcastInOrder() throws Exception {
      open(Hub.builder());
      List<Peer> peers = List.of(connect(), connect(), connect());

      numbers(0, 1_000).forEach(n -> hub.broadcast("N", n));

      for (Peer peer : peers) {
        awaitPayloads(peer, numbers(0, 1_000));
      }
    }

    @Test
    void topicReachesItsFollowersAloneAndInOneOrderWithTheOthers() throws Exception {
      open(Hub.builder());
      Peer odd = connect(Handshake.builder().topic("odd"));
      Peer both = connect(Handshake.builder().topic("odd").topic("even"));

      numbers(0, 200).forEach(n -> hub.publish((Long) n % 2 == 0 ? "even" : "odd", "N", n));

      awaitPayloads(both, numbers(0, 200));
      awaitPayloads(odd, numbers(0, 200).stream().filter(n -> (Long) n % 2 == 1).toList());
    }

    @Test
    void messageToOneClientOrUserReachesNobodyElse() throws Exception {
      open(Hub.builder());
      Peer first = connect(Handshake.builder().user("ann"));
      Peer second = connect(Handshake.builder().user("ann"));
      Peer other = connect();

      assertThat(recorder.connected.get(0).send("N", 1L)).isEqualTo(SendResult.ACCEPTED);
      hub.sendToUser("ann", "N", 2L);
      hub.broadcast("N", 3L);

      awaitPayloads(first, List.of(1L, 2L, 3L));
      awaitPayloads(second, List.of(2L, 3L));
      awaitPayloads(other, List.of(3L));
    }

    @Test
    void textsOfEveryLengthAndScriptArriveUnchanged() throws Exception {
      open(Hub.builder());
      Peer peer = connect();
      List<Object> texts =
          new ArrayList<>(List.of("", "é", "日本語", "\uD83D\uDE80", "\u2028\u0000\"\\"));
      for (int length : new int[] {1, 60, 61, 62, 63, 64, 65, 66, 125, 126, 127, 4_096, 65_535}) {
        texts.add("a".repeat(length));
        texts.add("日".repeat(length));
      }

      texts.forEach(text -> hub.broadcast("T", text));

      awaitPayloads(peer, texts);
    }

    @Test
    void stalledPeerHoldsUpNobodyAndCatchesUpWithoutAMixedFrame() throws Exception {
      open(retainingAll());
      Peer stalled = connect();
      Peer reading = connect();
      stalled.stall();

      numbers(0, MORE_THAN_BUFFERS).forEach(n -> hub.broadcast("N", List.of(n, BULK)));

      List<Object> all = numbers(0, MORE_THAN_BUFFERS);
      awaitFirstElements(reading, all);
      stalled.resume();
      awaitFirstElements(stalled, all);
      assertThat(stalled.received()).isEqualTo(reading.received());
    }

    @Test
    void plainPeerThatFellBehindIsClosedWith4100BehindItsHalfWrittenFrame() throws Exception {
      open(Hub.builder().maxLogBytes(1 << 20));
      Peer stalled = connect();
      Peer reading = connect();
      stalled.stall();

      List<Object> all = numbers(0, MORE_THAN_BUFFERS);
      for (Object n : all) {
        int published = Math.toIntExact((Long) n) + 1;
        assertThat(hub.broadcast("N", List.of(n, BULK)).isAccepted()).isTrue();
        await("reader", () -> reading.received().size() == published); // the log holds but a few
      }

      awaitFirstElements(reading, all);
      stalled.resume();
      await("close", () -> stalled.closeCode().isPresent());
      assertThat(stalled.closeCode()).hasValue(4100);
      List<Object> got = firstElements(stalled);
      assertThat(got).isEqualTo(all.subList(0, got.size())).hasSizeLessThan(all.size());
      assertThat(reading.closeCode()).isEmpty();
    }
  }

  @Nested
  class Resuming {
    @Test
    void peerThatComesBackGetsWhatItMissedOnceAndInOrder() throws Exception {
      open(Hub.builder());
      Peer before = connect(Handshake.builder().topic("t"));
      numbers(0, 10).forEach(n -> hub.publish("t", "N", n));
      awaitPayloads(before, numbers(0, 10));
      String last = (String) Objects.requireNonNull(json(before.received().get(9)).get("id"));
      before.cut();
      await("disconnect", () -> !recorder.disconnected.isEmpty());
      numbers(10, 20).forEach(n -> hub.publish("t", "N", n));

      Peer after = connect(Handshake.builder().topic("t").after(last));
      numbers(20, 30).forEach(n -> hub.publish("t", "N", n));

      awaitPayloads(after, numbers(10, 30));
    }

    @Test
    void peerThatCannotResumeIsToldBeforeAnythingElse() throws Exception {
      open(Hub.builder());
      hub.broadcast("N", 1L);

      String unknown = "0".repeat(16) + "-" + "0".repeat(16);
      Peer peer = connect(Handshake.builder().topic("t").after(unknown).controlMessages(true));
      hub.broadcast("N", 2L);

      await("4 messages", () -> peer.received().size() == 4);
      assertThat(peer.received())
          .extracting(text -> json(text).get("type"))
          .containsExactly("$hello", "$gap", "$gap", "N");
      assertThat(payload(peer.received().get(0))).containsEntry("resumed", false);
    }
  }

  @Nested
  class Receiving {
    @Test
    void messagesOfAPeerReachTheListenerInOrder() throws Exception {
      open(Hub.builder());
      Peer peer = connect();

      for (int i = 0; i < 500; i++) {
        peer.send("{\"type\":\"N\",\"payload\":" + i + "}");
      }

      await("500 messages", () -> recorder.messages.size() == 500);
      assertThat(recorder.messages).extracting(Message::payload).isEqualTo(numbers(0, 500));
    }

    @Test
    void textsOfEveryLengthAndScriptReachTheListenerUnchanged() throws Exception {
      open(Hub.builder());
      Peer peer = connect();
      List<String> texts = new ArrayList<>(List.of("", "é", "日本語", "\uD83D\uDE80"));
      for (int length : new int[] {1, 125, 126, 127, 4_096, 20_000}) {
        texts.add("a".repeat(length));
        texts.add("日".repeat(length));
      }

      texts.forEach(peer::send);

      await("texts", () -> recorder.texts.size() == texts.size());
      assertThat(recorder.texts).isEqualTo(texts);
    }

    @Test
    void binaryMessageIsRefusedWith1003UnlessAListenerTakesIt() throws Exception {
      open(Hub.builder());
      Peer peer = connect();

      peer.sendBinary(new byte[] {1, 2, 3});

      await("close", () -> peer.closeCode().isPresent());
      assertThat(peer.closeCode()).hasValue(1003);
      await("disconnect", () -> !recorder.disconnected.isEmpty());
      assertThat(recorder.disconnected).extracting(CloseReason::code).containsExactly(1003);
    }

    @Test
    void binaryMessageReachesAListenerThatTakesIt() throws Exception {
      open(Hub.builder());
      Recorder taking = new Recorder(true);
      hub.addListener(taking);
      Peer peer = connect();

      peer.sendBinary(new byte[] {1, 2, 3});
      peer.send("then text");

      await("text", () -> !recorder.texts.isEmpty());
      await("binary", () -> !taking.binary.isEmpty());
      assertThat(taking.binary).containsExactly(new byte[] {1, 2, 3});
      assertThat(peer.closeCode()).isEmpty();
    }

    @Test
    void readingPausesWhileTheListenerWaitsAndGoesOnWithoutLoss() throws Exception {
      CountDownLatch waits = new CountDownLatch(1);
      open(Hub.builder());
      hub.onMessage((client, message) -> awaitQuietly(waits));
      Peer peer = connect();
      Peer other = connect();

      for (int n = 0; n < MORE_THAN_BUFFERS; n++) {
        peer.send("{\"type\":\"N\",\"payload\":[" + n + ",\"" + BULK + "\"]}");
      }
      awaitStandstill(peer, recorder.connected.get(0));
      assertThat(peer.unsent()).as("messages the hub does not read").isPositive();
      hub.broadcast("N", 1L);
      awaitPayloads(other, List.of(1L));
      waits.countDown();

      await("all messages", () -> recorder.messages.size() == MORE_THAN_BUFFERS);
      assertThat(recorder.messages)
          .extracting(message -> ((List<?>) message.payload()).get(0))
          .isEqualTo(numbers(0, MORE_THAN_BUFFERS));
    }
  }

  @Nested
  class Closing {
    @Test
    void closingTheHubSendsEverythingAndThen1001() throws Exception {
      open(retainingAll());
      List<Peer> peers = List.of(connect(), connect(), connect());
      List<Object> all = numbers(0, 2_000);

      all.forEach(n -> hub.broadcast("N", n));
      AtomicBoolean closed = closeInBackground(Duration.ofSeconds(60));

      await("closed hub", closed::get);
      for (Peer peer : peers) {
        awaitPayloads(peer, all);
        await("close", () -> peer.closeCode().isPresent());
        assertThat(peer.closeCode()).hasValue(1001);
      }
      await("3 disconnects", () -> recorder.disconnected.size() == 3);
      assertThat(hub.clients()).isEmpty();
      assertThat(hub.broadcast("N", 1).isAccepted()).isFalse();
    }

    @Test
    void closingAClientSendsEverythingUpToThatMoment() throws Exception {
      open(Hub.builder());
      Peer peer = connect();
      Client client = recorder.connected.get(0);

      numbers(0, 100).forEach(n -> hub.broadcast("N", n));
      client.send("N", 100L);
      client.close(new CloseReason(4001, "token expired"));

      await("close", () -> peer.closeCode().isPresent());
      assertThat(peer.closeCode()).hasValue(4001);
      assertThat(payloads(peer)).isEqualTo(numbers(0, 101));
      await("disconnect", () -> !recorder.disconnected.isEmpty());
      assertThat(recorder.disconnected).extracting(CloseReason::code).containsExactly(4001);
    }

    @Test
    void listenerMayCloseTheClientThatItHears() throws Exception {
      open(Hub.builder());
      hub.onMessage(
          (client, message) -> {
            client.send("ANSWER", message.payload());
            client.close();
          });
      Peer peer = connect();

      peer.send("{\"type\":\"ASK\",\"payload\":42}");

      await("close", () -> peer.closeCode().isPresent());
      assertThat(peer.closeCode()).hasValue(1000);
      assertThat(payloads(peer)).containsExactly(42L);
    }

    @Test
    void listenerMayCloseTheHub() throws Exception {
      open(Hub.builder());
      AtomicBoolean closed = new AtomicBoolean();
      hub.onMessage(
          (client, message) -> {
            hub.close(Duration.ofSeconds(60));
            closed.set(true);
          });
      Peer peer = connect();

      peer.send("{\"type\":\"STOP\"}");

      await("closed hub", closed::get);
      await("close", () -> peer.closeCode().isPresent());
      assertThat(peer.closeCode()).hasValue(1001);
    }

    @Test
    void peerThatDoesNotReadIsCutAtTheDeadline() throws Exception {
      open(retainingAll());
      Peer stalled = connect();
      stalled.stall();
      numbers(0, MORE_THAN_BUFFERS).forEach(n -> hub.broadcast("N", List.of(n, BULK)));

      AtomicBoolean closed = closeInBackground(Duration.ofMillis(200));

      await("closed hub", closed::get);
      await("disconnect", () -> !recorder.disconnected.isEmpty());
      assertThat(recorder.disconnected).hasSize(1);
      assertThat(hub.clients()).isEmpty();
    }
  }

  private static HubBuilder retainingAll() {
    TopicOptions all = new TopicOptions(10_000, 1L << 30, Duration.ofMinutes(5));
    return Hub.builder().broadcasts(all).maxLogBytes(1L << 30);
  }

  private void open(HubBuilder options) throws Exception {
    hub = harness.open(options);
    hub.addListener(recorder);
  }

  private Peer connect() throws Exception {
    return connect(Handshake.builder());
  }

  /** Connects a peer and waits until the listener knows it. */
  private Peer connect(Handshake.Builder handshake) throws Exception {
    int connected = recorder.connected.size();
    Peer peer = harness.connect(handshake.build());
    await("connection", () -> recorder.connected.size() == connected + 1);
    return peer;
  }

  private AtomicBoolean closeInBackground(Duration drain) {
    AtomicBoolean closed = new AtomicBoolean();
    Thread closing =
        new Thread(
            () -> {
              hub.close(drain);
              closed.set(true);
            },
            "closing");
    closing.setDaemon(true);
    closing.start();
    return closed;
  }

  /**
   * Waits until a peer has got rid of all messages, or of none during many turns of its link. Each
   * message to the peer is a turn of the link's loop, so a JVM that pauses makes no turn.
   */
  private void awaitStandstill(Peer peer, Client client) throws InterruptedException {
    int unsent = peer.unsent();
    int still = 0;
    while (unsent > 0 && still < TURNS) {
      int arrived = peer.received().size();
      assertThat(client.send("TURN", null)).isEqualTo(SendResult.ACCEPTED);
      await("turn", () -> peer.received().size() > arrived);
      still = peer.unsent() == unsent ? still + 1 : 0;
      unsent = peer.unsent();
    }
  }

  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    harness.await(condition);
    assertThat(condition.getAsBoolean()).as(what).isTrue();
  }

  private void awaitPayloads(Peer peer, List<Object> expected) throws Exception {
    harness.await(() -> peer.received().size() >= expected.size());
    assertThat(payloads(peer)).isEqualTo(expected);
  }

  private void awaitFirstElements(Peer peer, List<Object> expected) throws Exception {
    harness.await(() -> peer.received().size() >= expected.size());
    assertThat(firstElements(peer)).isEqualTo(expected);
  }

  private static List<Object> payloads(Peer peer) {
    return peer.received().stream().map(text -> json(text).get("payload")).toList();
  }

  private static List<Object> firstElements(Peer peer) {
    return peer.received().stream()
        .<Object>map(text -> ((List<?>) json(text).get("payload")).get(0))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> json(String text) {
    return (Map<String, Object>) Json.parse(text);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> payload(String text) {
    return (Map<String, Object>) json(text).get("payload");
  }

  private static List<Object> numbers(long from, long to) {
    return LongStream.range(from, to).<Object>mapToObj(n -> n).toList();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
