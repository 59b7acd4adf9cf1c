package io.github.signalhub.testkit.contract;

import io.github.signalhub.spi.Backbone.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The stage of one case: nodes of one hub, which are watched. Used by one thread. */
final class BackboneStage<H extends BackboneHarness> implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int AT_ONCE = 1_000;
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  final H harness;
  final BackboneWitness witness = new BackboneWitness();
  private final List<WatchedNode> nodes = new ArrayList<>();

  BackboneStage(H harness) {
    this.harness = harness;
  }

  /** Starts a node. */
  WatchedNode node(String name) throws Exception {
    WatchedNode node = witness.start(name, harness.backbone(name));
    nodes.add(node);
    return node;
  }

  /** Publishes messages, and checks that each is accepted. */
  static void publish(WatchedNode node, int messages) {
    for (int i = 0; i < messages; i++) {
      Expect.that(node.publish("topic"), "a publication that is accepted", "refused", REFUSED);
    }
  }

  /** Publishes until everything older has left the engine, also if it removes only now and then. */
  void publishTooMany(WatchedNode node) throws InterruptedException {
    for (int left = 2 * harness.retained(); left > 0; left -= AT_ONCE) {
      publish(node, AT_ONCE);
      awaitSettled();
    }
  }

  static void put(WatchedNode node, String table, String key) {
    Expect.that(node.publish(Kind.ROW, table, key, 0), "an accepted row", "refused", REFUSED);
  }

  private static final String REFUSED = "A few publications never wait for too long.";

  /** Waits until everything has settled. */
  void awaitSettled() throws InterruptedException {
    await(
        () -> witness.pending() == 0,
        "an outcome of each publication",
        () -> witness.pending() + " without one",
        "A publisher waits for the outcome.");
  }

  /** Waits until everything has settled and all nodes have it, then checks all rules. */
  void awaitEnd() throws InterruptedException {
    awaitSettled();
    await(
        witness::isAtEnd,
        "nodes at one place with one set of rows",
        witness::positions,
        "Clients see the same, whatever node they are at.");
    witness.checkEnd();
  }

  /** As {@link Stage#await}. */
  void await(BooleanSupplier condition, String expected, Stage.Seen seen, String why)
      throws InterruptedException {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (System.nanoTime() - begin > PATIENCE_NANOS) {
        witness.check();
        Expect.that(false, expected, seen.get() + " when the waiting time was over", why);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    witness.check();
  }

  @Override
  public void close() throws IOException {
    nodes.forEach(WatchedNode::close);
    harness.close();
  }
}
