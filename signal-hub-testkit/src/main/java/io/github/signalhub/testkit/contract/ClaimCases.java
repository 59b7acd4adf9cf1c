package io.github.signalhub.testkit.contract;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.Claim;
import io.github.signalhub.testkit.contract.BackboneContract.Script;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Cases of clients' messages that are processed once. */
final class ClaimCases {
  private static final String TWICE = "A message that a client repeats is processed once.";
  private static final byte[] OUTCOME = "the outcome".getBytes(StandardCharsets.UTF_8);

  private ClaimCases() {}

  static void addTo(Map<String, Script<BackboneHarness>> scripts) {
    scripts.put("a message is claimed by one node", ClaimCases::one);
    scripts.put("the outcome of a message is known to all nodes", ClaimCases::done);
    scripts.put("each message of each session is another one", ClaimCases::different);
    scripts.put("a message of a node that is gone is lost", ClaimCases::lost);
  }

  private static void one(BackboneStage<BackboneHarness> stage) throws Exception {
    Backbone node = stage.node("node").backbone();
    Backbone other = stage.node("other").backbone();

    expect(stage, Claim.State.MINE, node, "session", "ref");
    expect(stage, Claim.State.ELSEWHERE, other, "session", "ref");
  }

  private static void done(BackboneStage<BackboneHarness> stage) throws Exception {
    Backbone node = stage.node("node").backbone();
    Backbone other = stage.node("other").backbone();
    expect(stage, Claim.State.MINE, node, "session", "ref");

    node.keep("session", "ref", OUTCOME);

    for (Backbone each : new Backbone[] {other, node}) {
      stage.await(
          () ->
              each.claim("session", "ref").toCompletableFuture().join().state() == Claim.State.DONE,
          "a message that is done",
          () -> "none",
          TWICE);
      String outcome = text(each.claim("session", "ref").toCompletableFuture().join().outcome());
      Expect.equal(text(OUTCOME), outcome, "outcome", "The client is sent the same answer.");
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void different(BackboneStage<BackboneHarness> stage) throws Exception {
    Backbone node = stage.node("node").backbone();
    Backbone other = stage.node("other").backbone();
    String odd = "a:b {c} *\0é€";

    expect(stage, Claim.State.MINE, node, odd, "1");
    expect(stage, Claim.State.MINE, other, odd, "2");
    expect(stage, Claim.State.MINE, other, odd + ":1", "");
    expect(stage, Claim.State.MINE, other, "1", odd);
    expect(stage, Claim.State.ELSEWHERE, other, odd, "1");
  }

  private static void lost(BackboneStage<BackboneHarness> stage) throws Exception {
    WatchedNode node = stage.node("node");
    Backbone other = stage.node("other").backbone();
    expect(stage, Claim.State.MINE, node.backbone(), "session", "ref");
    expect(stage, Claim.State.ELSEWHERE, other, "session", "ref");

    node.close();

    stage.await(
        () ->
            other.claim("session", "ref").toCompletableFuture().join().state() == Claim.State.LOST,
        "a message that is lost",
        () -> "none",
        "The client is told that nobody knows.");
  }

  private static void expect(
      BackboneStage<BackboneHarness> stage,
      Claim.State state,
      Backbone node,
      String session,
      String ref)
      throws InterruptedException {
    CompletableFuture<Claim> claim = node.claim(session, ref).toCompletableFuture();
    stage.await(claim::isDone, "an answer to a claim", () -> "none", "The client waits for it.");
    Expect.equal(state, claim.join().state(), "a claim that is", TWICE);
  }
}
