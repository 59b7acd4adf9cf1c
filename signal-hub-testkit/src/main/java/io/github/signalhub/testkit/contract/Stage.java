package io.github.signalhub.testkit.contract;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.PublishResult;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.json.Json;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.stream.LongStream;

/** The stage of one case: a hub, its transport, its listener, and peers. Used by one thread. */
class Stage implements AutoCloseable {
  static final String BULK = "x".repeat(64 * 1024);

  /** So many messages with {@link #BULK} exceed the buffers between any two processes. */
  static final int MORE_THAN_BUFFERS = 640;

  /** In so many turns of a link, a hub that reads takes messages despite the network's delay. */
  private static final int TURNS = 500;

  /** After so many more messages, the waiting time starts again. */
  private static final int STEP = 100;

  final Recorder recorder = new Recorder(false);
  final TransportHarness harness;
  Hub hub;

  Stage(TransportHarness harness) {
    this.harness = harness;
  }

  static HubBuilder retainingAll() {
    TopicOptions all = TopicOptions.DEFAULT.withMessages(10_000).withBytes(1L << 30);
    return Hub.builder().broadcasts(all).maxLogBytes(1L << 30);
  }

  void open(HubBuilder options) throws Exception {
    hub = harness.open(options);
    hub.addListener(recorder);
  }

  Peer connect() throws Exception {
    return connect(Handshake.builder());
  }

  /** Connects a peer and waits until the listener knows it. */
  Peer connect(Handshake.Builder handshake) throws Exception {
    int connected = recorder.connected.size();
    Peer peer = harness.connect(handshake.build());
    awaitConnected(connected + 1);
    return peer;
  }

  void awaitConnected(int clients) throws InterruptedException {
    await(
        () -> recorder.connected.size() >= clients,
        clients + " calls of onConnect",
        () -> recorder.connected.size(),
        "The application does not know a client that is connected.");
  }

  void awaitDisconnected(int clients) throws InterruptedException {
    await(
        () -> recorder.disconnected.size() >= clients,
        clients + " calls of onDisconnect",
        () -> recorder.disconnected,
        "The application counts clients as present that are gone.");
    Expect.equal(
        clients,
        recorder.disconnected.size(),
        "calls of onDisconnect",
        "The application is told of an end twice.");
  }

  /** Waits until a peer was closed, and checks the code. */
  void awaitCloseCode(int code, Peer peer, String why) throws InterruptedException {
    await(
        () -> peer.closeCode().isPresent(),
        "a close with " + code,
        () -> "an open connection with " + peer.received().size() + " messages",
        why);
    Expect.equal(code, peer.closeCode().getAsInt(), "close code", why);
  }

  /** A value that is shown when a condition does not hold. */
  interface Seen {
    Object get();
  }

  void await(BooleanSupplier condition, String expected, Seen seen, String why)
      throws InterruptedException {
    harness.await(condition);
    if (!condition.getAsBoolean()) {
      Expect.that(false, expected, seen.get() + " when the waiting time was over", why);
    }
  }

  /** Waits until the listener has so many messages, for as long as messages arrive. */
  void awaitMessages(int count) throws InterruptedException {
    awaitCount(recorder.messages::size, count);
  }

  /** Waits until a number reaches a value, for as long as it grows. */
  void awaitCount(IntSupplier count, int atLeast) throws InterruptedException {
    int before;
    do {
      int seen = count.getAsInt();
      before = seen;
      harness.await(() -> count.getAsInt() >= atLeast || count.getAsInt() >= seen + STEP);
    } while (count.getAsInt() < atLeast && count.getAsInt() > before);
  }

  void awaitPayloads(Peer peer, List<Object> expected) throws InterruptedException {
    awaitCount(() -> peer.received().size(), expected.size());
    Expect.equal(expected, payloads(peer), "messages", LOST);
  }

  void awaitFirstElements(Peer peer, List<Object> expected) throws InterruptedException {
    awaitCount(() -> peer.received().size(), expected.size());
    Expect.equal(expected, firstElements(peer), "messages", LOST);
  }

  private static final String LOST =
      "A client is sent every message of its topics once and in order, or it is told of a gap.";

  /**
   * Waits until a peer has sent all messages, or none during many turns of its link. Each message
   * to the peer is a turn of the link's loop, so a JVM that pauses makes no turn.
   */
  void awaitStandstill(Peer peer, Client client) throws InterruptedException {
    int unsent = peer.unsent();
    int still = 0;
    while (unsent > 0 && still < TURNS) {
      int arrived = peer.received().size();
      Expect.equal(
          PublishResult.Status.ACCEPTED,
          client.send("TURN", null).status(),
          "a message to a client",
          "A client whose messages are not read is still sent messages.");
      await(
          () -> peer.received().size() > arrived,
          "a message to a client whose messages are not read",
          () -> "none",
          "A listener that waits must not delay messages to its client.");
      still = peer.unsent() == unsent ? still + 1 : 0;
      unsent = peer.unsent();
    }
  }

  static List<Object> payloads(Peer peer) {
    return peer.received().stream().map(text -> json(text).get("payload")).toList();
  }

  static List<Object> firstElements(Peer peer) {
    return peer.received().stream()
        .<Object>map(text -> ((List<?>) json(text).get("payload")).get(0))
        .toList();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> json(String text) {
    return (Map<String, Object>) Json.parse(text);
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> payload(String text) {
    return (Map<String, Object>) json(text).get("payload");
  }

  static List<Object> numbers(long from, long to) {
    return LongStream.range(from, to).<Object>mapToObj(n -> n).toList();
  }

  static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    harness.close();
  }
}
