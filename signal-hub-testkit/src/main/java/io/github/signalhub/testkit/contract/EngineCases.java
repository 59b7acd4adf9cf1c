package io.github.signalhub.testkit.contract;

import io.github.signalhub.testkit.contract.BackboneContract.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Cases of an engine that fails, or that cannot be reached. */
final class EngineCases {
  private static final int NODES = 3;
  private static final int ROUNDS = 10;
  private static final long ONE_SECOND = TimeUnit.SECONDS.toNanos(1);

  private EngineCases() {}

  static void addTo(Map<String, Script<EngineHarness>> scripts) {
    scripts.put(
        "a cut link loses nothing, repeats nothing, and restarts nothing", EngineCases::cut);
    scripts.put("after a restart of the engine, all nodes go on together", EngineCases::restart);
    scripts.put("an engine that lost everything begins a new epoch", EngineCases::flush);
    scripts.put("reached does not complete while the engine is away", EngineCases::reached);
    scripts.put("what waits for too long is unavailable or unconfirmed", EngineCases::deadline);
  }

  private static List<WatchedNode> nodes(BackboneStage<EngineHarness> stage) throws Exception {
    List<WatchedNode> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      nodes.add(stage.node("node " + i));
    }
    return nodes;
  }

  private static void publish(List<WatchedNode> nodes, int messages) {
    for (WatchedNode node : nodes) {
      BackboneStage.publish(node, messages);
      BackboneStage.put(node, "table", "key of " + node);
      BackboneStage.put(node, "table", "key");
    }
  }

  private static void cut(BackboneStage<EngineHarness> stage) throws Exception {
    List<WatchedNode> nodes = nodes(stage);

    for (int i = 0; i < ROUNDS; i++) {
      publish(nodes, 100);
      stage.harness.cutLinks();
      publish(nodes, 100);
      long before = nodes.get(0).offset();
      stage.await(
          () -> nodes.get(0).offset() > before,
          "publications after a cut",
          () -> "none",
          "A node connects again.");
    }

    stage.awaitEnd();
    String why = "The engine lost nothing.";
    Expect.equal(0, stage.witness.restarts(), "restarts", why);
    Expect.equal(0L, stage.witness.unconfirmed(), "unconfirmed publications", why);
    Expect.equal(0L, stage.witness.unavailable(), "unavailable publications", why);
  }

  private static void restart(BackboneStage<EngineHarness> stage) throws Exception {
    List<WatchedNode> nodes = nodes(stage);

    for (int i = 0; i < 3; i++) {
      publish(nodes, 100);
      stage.harness.stopEngine();
      publish(nodes, 10);
      stage.harness.startEngine();
      publish(nodes, 100);
      stage.awaitEnd();
    }

    Expect.equal(
        0L, stage.witness.unavailable(), "unavailable publications", "It was away briefly.");
    long first = stage.witness.unconfirmed();
    publish(nodes, 10);
    stage.awaitEnd();
    Expect.equal(
        first, stage.witness.unconfirmed(), "unconfirmed publications", "The engine works again.");
  }

  private static void flush(BackboneStage<EngineHarness> stage) throws Exception {
    List<WatchedNode> nodes = nodes(stage);
    publish(nodes, 100);
    stage.awaitEnd();

    stage.harness.loseEverything();

    for (WatchedNode node : nodes) {
      stage.await(
          () -> node.restarts() == 2,
          "a restart",
          node::restarts,
          "A node notices the loss, even if nobody publishes. Its clients are told.");
    }
    Expect.equal(Map.of(), nodes.get(0).rows(), "rows", "The engine has none.");
    publish(nodes, 100);
    stage.awaitEnd();
    Expect.equal(2L, stage.witness.firsts(), "nodes that were told", "One publishes tables anew.");
  }

  private static void reached(BackboneStage<EngineHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    stage.harness.stopEngine();

    CompletionStage<Void> reached = node.reached();
    stage.await(
        () -> node.backbone().staleNanos() > 2 * ONE_SECOND,
        "a node that knows that it is not up to date",
        () -> node.backbone().staleNanos(),
        "A node that is cut off sends its clients away.");
    Expect.that(!reached.toCompletableFuture().isDone(), "no answer", "one", "Nobody gave it.");
    stage.harness.startEngine();

    stage.await(
        () -> reached.toCompletableFuture().isDone(), "an answer", () -> "none", "It is back.");
    stage.await(
        () -> node.backbone().staleNanos() < ONE_SECOND,
        "less than a second",
        () -> node.backbone().staleNanos(),
        "It is back.");
  }

  private static void deadline(BackboneStage<EngineHarness> stage) throws Exception {
    List<WatchedNode> nodes = nodes(stage);
    stage.harness.stopEngine();

    publish(nodes, 100);
    stage.awaitSettled();
    stage.harness.startEngine();

    publish(nodes, 10);
    stage.awaitEnd();
  }
}
