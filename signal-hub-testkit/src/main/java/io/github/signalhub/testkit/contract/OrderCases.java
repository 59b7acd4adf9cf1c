package io.github.signalhub.testkit.contract;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.testkit.contract.BackboneContract.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Cases of the one order that all nodes see. */
final class OrderCases {
  private static final int MANY = 2_000;
  private static final long ONE_SECOND = TimeUnit.SECONDS.toNanos(1);

  private OrderCases() {}

  static void addTo(Map<String, Script<BackboneHarness>> scripts) {
    scripts.put("all nodes see one order, and each node's publications in theirs", OrderCases::one);
    scripts.put("one node is told that it is the first", OrderCases::oneIsFirst);
    scripts.put("nodes that come and go disturb no other", OrderCases::comeAndGo);
    scripts.put("a publication arrives as it was published", OrderCases::unchanged);
    scripts.put("a full node is given the same publication again", OrderCases::full);
    scripts.put("reached completes when the node has everything", OrderCases::reached);
    scripts.put("a node knows that it is up to date, also if nothing happens", OrderCases::fresh);
    scripts.put("a node with another format does not start", OrderCases::otherFormat);
  }

  private static void one(BackboneStage<BackboneHarness> stage) throws Exception {
    List<Background> publishers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      WatchedNode node = stage.node("node " + i);
      publishers.add(new Background("the publications", () -> BackboneStage.publish(node, MANY)));
    }

    for (Background publisher : publishers) {
      stage.await(publisher::isDone, "publications", () -> "a call that waits", BLOCKS);
    }
    stage.awaitEnd();
    Expect.equal(0L, stage.witness.unconfirmed(), "unconfirmed publications", WORKS);
    Expect.equal(0L, stage.witness.unavailable(), "unavailable publications", WORKS);
    Expect.equal(0, stage.witness.restarts(), "restarts", WORKS);
  }

  private static final String BLOCKS = "Publishing never blocks.";
  private static final String WORKS = "The engine works, so nothing is lost.";

  private static void oneIsFirst(BackboneStage<BackboneHarness> stage) throws Exception {
    for (int i = 0; i < 3; i++) {
      stage.node("node " + i);
    }

    Expect.equal(1L, stage.witness.firsts(), "nodes that are told", "One node publishes tables.");
    stage.awaitEnd();
  }

  private static void comeAndGo(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode stays = stage.node("stays");
    for (int i = 0; i < 5; i++) {
      try (WatchedNode other = stage.node("guest " + i)) {
        BackboneStage.publish(stays, 50);
        BackboneStage.publish(other, 50);
        stage.awaitSettled();
      }
    }

    stage.awaitEnd();
    Expect.equal(0, stage.witness.restarts(), "restarts", "Clients of other nodes get no gap.");
    Expect.equal(0L, stage.witness.unconfirmed(), "unconfirmed publications", WORKS);
  }

  private static void unchanged(BackboneStage<BackboneHarness> stage) throws Exception {
    byte[] any = new byte[256];
    for (int i = 0; i < any.length; i++) {
      any[i] = (byte) i;
    }
    String odd = "a b\r\n{c}:*\"\0é€😀";
    List<Publication> published =
        List.of(
            publication(Kind.MESSAGE, "", "", 0, new byte[0]),
            publication(Kind.MESSAGE, odd, "", 0, any),
            publication(Kind.ROW, odd, odd, 0, any),
            publication(Kind.DELETION, odd, odd, 0, odd.getBytes(StandardCharsets.UTF_8)),
            publication(Kind.REMOVAL, odd, "", 0, new byte[0]),
            publication(Kind.REMOVAL, odd, "", (1L << 53) + 1, new byte[0]),
            publication(Kind.MESSAGE, "large", "", 0, new byte[1 << 20]));
    Log log = new Log();

    try (Backbone backbone = stage.harness.backbone("node")) {
      backbone.start(log);
      published.forEach(backbone::publish);
      int all = published.size();
      stage.await(() -> log.placed.size() >= all, "all publications", log.placed::size, WORKS);
    }

    for (int i = 0; i < published.size(); i++) {
      Publication expected = published.get(i);
      Placed seen = log.placed.get(i);
      String which = "of publication " + i + " ";
      Expect.equal(expected.kind(), seen.kind(), which + "the kind", WORKS);
      Expect.equal(expected.topic(), seen.topic(), which + "the topic", WORKS);
      Expect.equal(expected.key(), seen.key(), which + "the key", WORKS);
      Expect.equal(expected.removesUpTo(), seen.removesUpTo(), which + "removesUpTo", WORKS);
      Expect.that(
          java.util.Arrays.equals(expected.body(), seen.body()),
          which + "the same body",
          seen.body().length + " bytes",
          WORKS);
    }
  }

  private static Publication publication(
      Kind kind, String topic, String key, long removesUpTo, byte[] body) {
    return new Publication(kind, topic, key, removesUpTo, body, outcome -> {});
  }

  private static void full(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode full = stage.node("full");
    WatchedNode other = stage.node("other");
    full.full(true);

    BackboneStage.publish(other, MANY);
    BackboneStage.publish(full, 10);
    stage.await(
        () -> other.offset() >= MANY + 10,
        "everything at a node beside a full one",
        other::offset,
        "A node that is full holds up no other.");
    Expect.equal(0L, full.offset(), "the newest offset of the full node", WORKS);
    full.full(false);

    stage.awaitEnd();
  }

  private static void reached(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode ahead = stage.node("ahead");
    WatchedNode late = stage.node("late");
    late.full(true);
    BackboneStage.publish(ahead, 100);
    stage.awaitSettled();

    CompletionStage<Void> reached = late.reached();
    stage.await(
        () -> ahead.reached().toCompletableFuture().isDone(),
        "an answer to a node that has everything",
        () -> "none",
        "A client that comes waits for the answer.");
    Expect.that(!reached.toCompletableFuture().isDone(), "no answer to a late node", "one", WORKS);
    late.full(false);

    stage.await(() -> reached.toCompletableFuture().isDone(), "an answer", () -> "none", WORKS);
    Expect.equal(100L, late.offset(), "the newest offset", "The client's id is known then.");
    stage.awaitEnd();
  }

  private static void fresh(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < 3 * ONE_SECOND) { // longer than any stale answer counts
      stage.await(
          () -> node.backbone().staleNanos() < ONE_SECOND,
          "less than a second",
          () -> node.backbone().staleNanos(),
          "A node that knows nothing of the others sends its clients away.");
    }
  }

  private static void otherFormat(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    BackboneWitness others = new BackboneWitness("another format");

    try (Backbone backbone = stage.harness.backbone("other")) {
      others.start("other", backbone);
      throw Expect.failure("an IOException at the start", "a start", "The nodes disagree.");
    } catch (IOException e) {
      Expect.that(e.getMessage() != null, "a message", e, "It says what to do.");
    }

    BackboneStage.publish(node, 10);
    stage.awaitEnd();
  }

  /** A node's log that keeps everything. Thread-safe. */
  static final class Log implements Backbone.Sink {
    final List<Placed> placed = new CopyOnWriteArrayList<>();

    @Override
    public String format() {
      return "format";
    }

    @Override
    public boolean apply(Placed next) {
      placed.add(next);
      return true;
    }

    @Override
    public void restart(long epoch, long base, long floor, List<Placed> rows, boolean isFirst) {
      placed.addAll(rows);
    }
  }
}
