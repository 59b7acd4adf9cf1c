package io.github.signalhub.testkit.contract;

import io.github.signalhub.testkit.contract.BackboneContract.Script;
import java.time.Duration;
import java.util.Map;

/** Cases of the outcomes of publications. */
final class SettlementCases {
  private static final Duration LONG = Duration.ofSeconds(30);

  /** More than any backbone lets wait. */
  private static final int TOO_MANY = 2_000_000;

  private SettlementCases() {}

  static void addTo(Map<String, Script<BackboneHarness>> scripts) {
    scripts.put("a publication settles after its node has it", SettlementCases::settles);
    scripts.put("flush waits until everything has settled", SettlementCases::flush);
    scripts.put(
        "too many publications are refused, and no other is lost", SettlementCases::tooMany);
    scripts.put("a backbone that closes settles everything", SettlementCases::close);
  }

  private static void settles(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    WatchedNode other = stage.node("other");
    node.full(true);

    BackboneStage.publish(node, 10);
    stage.await(
        () -> other.offset() == 10, "10 publications", other::offset, "The engine has them.");
    Expect.equal(
        10L,
        stage.witness.pending(),
        "publications without an outcome",
        "A publisher that was told of an id expects it in its own node.");
    node.full(false);

    stage.awaitEnd();
    Expect.equal(0L, stage.witness.unconfirmed(), "unconfirmed publications", "All have a place.");
  }

  private static void flush(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    node.full(true);
    BackboneStage.publish(node, 100);
    Expect.equal(
        false,
        node.backbone().flush(Duration.ofMillis(20)),
        "while the node is full, the result of flush",
        "The publications have no outcome.");
    node.full(false);

    Expect.equal(true, node.backbone().flush(LONG), "the result of flush", "The engine works.");
    Expect.equal(
        0L, stage.witness.pending(), "publications without an outcome", "A drain waits for them.");
    stage.awaitEnd();
  }

  private static void tooMany(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    node.full(true);
    int accepted = 0;
    while (accepted < TOO_MANY && node.publish("topic")) {
      accepted++;
    }
    Expect.that(
        accepted < TOO_MANY,
        "a refusal of one of " + TOO_MANY + " publications",
        "none",
        "The memory of a node is bounded.");
    node.full(false);

    stage.awaitEnd();
    Expect.equal((long) accepted, node.offset(), "the newest offset", "None of them is lost.");
    BackboneStage.publish(node, 1);
    stage.awaitEnd();
  }

  private static void close(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    WatchedNode other = stage.node("other");
    node.full(true);
    BackboneStage.publish(node, 1_000);

    node.close();

    stage.awaitSettled();
    node.close();
    BackboneStage.publish(other, 10);
    stage.awaitEnd();
  }
}
