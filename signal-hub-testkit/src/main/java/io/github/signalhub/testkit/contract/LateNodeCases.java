package io.github.signalhub.testkit.contract;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.testkit.contract.BackboneContract.Script;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Cases of a node that comes when others have published. */
final class LateNodeCases {
  private static final String SAME = "Clients see the same, whatever node they are at.";

  private LateNodeCases() {}

  static void addTo(Map<String, Script<BackboneHarness>> scripts) {
    scripts.put("a late node has what is retained when it has started", LateNodeCases::retained);
    scripts.put("a late node has the newest rows, and none that is gone", LateNodeCases::rows);
    scripts.put("a row that many messages follow is not forgotten", LateNodeCases::oldRows);
    scripts.put("a removal ends at its offset", LateNodeCases::removal);
    scripts.put("a publication grows older", LateNodeCases::age);
  }

  private static void retained(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    BackboneStage.publish(node, 100);
    stage.awaitSettled();

    WatchedNode late = stage.node("late");

    Expect.equal(100L, late.offset(), "the newest offset", SAME);
    Expect.equal(1, late.restarts(), "restarts", "A start begins anew once.");
    stage.awaitEnd();
  }

  private static void rows(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    for (String key : new String[] {"old", "deleted", "kept"}) {
      BackboneStage.put(node, "table", key);
      BackboneStage.put(node, "removed", key);
      BackboneStage.put(node, "again", key);
    }
    BackboneStage.put(node, "table", "old");
    node.publish(Kind.DELETION, "table", "deleted", 0);
    node.publish(Kind.DELETION, "table", "never there", 0);
    node.publish(Kind.REMOVAL, "removed", "", 0);
    node.publish(Kind.REMOVAL, "again", "", 0);
    BackboneStage.put(node, "again", "kept");
    stage.awaitSettled();

    checkLateNode(stage, node, 3);
  }

  private static void oldRows(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    for (int i = 0; i < 10; i++) {
      BackboneStage.put(node, "table", "key " + i);
    }
    node.publish(Kind.DELETION, "table", "key 3", 0);
    stage.publishTooMany(node);
    BackboneStage.put(node, "table", "key 4");
    stage.awaitSettled();

    checkLateNode(stage, node, 9);
  }

  private static void removal(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    BackboneStage.put(node, "table", "removed");
    stage.awaitSettled();
    long upTo = node.offset();
    BackboneStage.put(node, "table", "kept");
    node.publish(Kind.REMOVAL, "table", "", upTo);
    stage.awaitSettled();

    checkLateNode(stage, node, 1);
  }

  /** Checks the rows of a node that starts, before and after the older publications have left. */
  private static void checkLateNode(
      BackboneStage<BackboneHarness> stage, WatchedNode node, int rows) throws Exception {
    for (String name : new String[] {"late", "later"}) {
      WatchedNode late = stage.node(name);
      Expect.equal(rows, node.rows().size(), "number of rows", SAME);
      Expect.equal(node.rows(), late.rows(), "rows", SAME);
      stage.awaitEnd();
      stage.publishTooMany(node);
    }
  }

  private static void age(BackboneStage<BackboneHarness> stage) throws Exception {
    long atLeast = TimeUnit.MILLISECONDS.toNanos(100);
    long tick = TimeUnit.MILLISECONDS.toNanos(20);
    WatchedNode node = stage.node("node");
    BackboneStage.put(node, "table", "key");
    stage.awaitSettled();
    long settled = System.nanoTime();
    while (System.nanoTime() - settled < atLeast) {
      LockSupport.parkNanos(tick);
    }
    OrderCases.Log log = new OrderCases.Log();

    try (Backbone late = stage.harness.backbone("late")) {
      late.start(log);
    }

    long age = log.placed.get(0).ageNanos();
    Expect.that(
        age >= atLeast - tick,
        "an age of at least " + atLeast + " ns",
        age,
        "Messages expire at the same time at all nodes.");
  }
}
