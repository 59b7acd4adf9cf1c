package io.github.signalhub.stress;

import io.github.signalhub.spi.Handshake;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Does every message published while loops run arrive once, in order and before its eviction,
 * without a later message to wake the loops?
 */
public final class WakeUps {
  private static final Handshake BOTH = Handshake.builder().topic("a").topic("b").build();

  private WakeUps() {}

  /** A loop runs while messages are published. */
  @JCStressTest
  @Outcome(id = "1 2 3 4", expect = Expect.ACCEPTABLE, desc = "All, in order.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A lost wake-up, or an eviction too early.")
  @State
  public static class Running {
    private final Rig rig = new Rig();
    private final Rig.Side client = new Rig.Side(rig, BOTH);

    /** Starts with a pending wake-up. */
    public Running() {
      client.rest();
      rig.publish("a");
    }

    /** Publishes. */
    @Actor
    public void publisher() {
      rig.publish("b");
      rig.publish("a");
      rig.publish("a");
    }

    /** Runs. */
    @Actor
    public void loop() {
      client.turn();
      client.turn();
    }

    /** Runs the remaining tasks. */
    @Arbiter
    public void rest(L_Result result) {
      client.rest();
      result.r1 = client.received();
    }
  }

  /** Two publishers publish at the same time. */
  @JCStressTest
  @Outcome(id = "1 2 3 4", expect = Expect.ACCEPTABLE, desc = "All, in order.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A lost wake-up, or an eviction too early.")
  @State
  public static class Publishing {
    private final Rig rig = new Rig();
    private final Rig.Side client = new Rig.Side(rig, BOTH);

    /** Starts without a pending wake-up. */
    public Publishing() {
      client.rest();
    }

    /** Publishes. */
    @Actor
    public void one() {
      rig.publish("a");
      rig.publish("b");
    }

    /** Publishes another message. */
    @Actor
    public void other() {
      rig.publish("a");
      rig.publish("b");
    }

    /** Runs the remaining tasks. */
    @Arbiter
    public void rest(L_Result result) {
      client.rest();
      result.r1 = client.received();
    }
  }

  /** A publisher wakes one of two loops, which wakes the other one. */
  @JCStressTest
  @Outcome(id = "1 2 3, 1 2 3", expect = Expect.ACCEPTABLE, desc = "All, in order, to both.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A lost wake-up, or an eviction too early.")
  @State
  public static class Chain {
    private final Rig rig = new Rig();
    private final Rig.Side first = new Rig.Side(rig, BOTH);
    private final Rig.Side second = new Rig.Side(rig, BOTH);

    /** Starts with a pending wake-up. */
    public Chain() {
      first.rest();
      second.rest();
      rig.publish("a");
    }

    /** Publishes. */
    @Actor
    public void publisher() {
      rig.publish("a");
      rig.publish("b");
    }

    /** Runs both loops. */
    @Actor
    public void loops() {
      first.turn();
      second.turn();
    }

    /** Runs the remaining tasks. */
    @Arbiter
    public void rest(LL_Result result) {
      while (first.turn() || second.turn()) {}
      result.r1 = first.received();
      result.r2 = second.received();
    }
  }
}
