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
 * Does everything arrive that was published while loops ran, in order, once, without a later
 * message to wake them, and before it is evicted?
 */
public final class WakeUps {
  private static final Handshake BOTH = Handshake.builder().topic("a").topic("b").build();

  private WakeUps() {}

  /** A loop runs while messages come. */
  @JCStressTest
  @Outcome(id = "1 2 3 4", expect = Expect.ACCEPTABLE, desc = "All, in order.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A lost wake-up, or an eviction too early.")
  @State
  public static class Running {
    private final Rig rig = new Rig();
    private final Rig.Side client = new Rig.Side(rig, BOTH);

    /** Lets a wake-up be under way. */
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

    /** Runs what is left. */
    @Arbiter
    public void rest(L_Result result) {
      client.rest();
      result.r1 = client.received();
    }
  }

  /** Two publishers meet. */
  @JCStressTest
  @Outcome(id = "1 2 3 4", expect = Expect.ACCEPTABLE, desc = "All, in order.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A lost wake-up, or an eviction too early.")
  @State
  public static class Publishing {
    private final Rig rig = new Rig();
    private final Rig.Side client = new Rig.Side(rig, BOTH);

    /** Lets nothing be under way. */
    public Publishing() {
      client.rest();
    }

    /** Publishes. */
    @Actor
    public void one() {
      rig.publish("a");
      rig.publish("b");
    }

    /** Publishes, too. */
    @Actor
    public void other() {
      rig.publish("a");
      rig.publish("b");
    }

    /** Runs what is left. */
    @Arbiter
    public void rest(L_Result result) {
      client.rest();
      result.r1 = client.received();
    }
  }

  /** Of two loops, a publisher wakes the one, which wakes the other. */
  @JCStressTest
  @Outcome(id = "1 2 3, 1 2 3", expect = Expect.ACCEPTABLE, desc = "All, in order, to both.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A lost wake-up, or an eviction too early.")
  @State
  public static class Chain {
    private final Rig rig = new Rig();
    private final Rig.Side first = new Rig.Side(rig, BOTH);
    private final Rig.Side second = new Rig.Side(rig, BOTH);

    /** Lets a wake-up be under way. */
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

    /** Runs the one and the other. */
    @Actor
    public void loops() {
      first.turn();
      second.turn();
    }

    /** Runs what is left. */
    @Arbiter
    public void rest(LL_Result result) {
      while (first.turn() || second.turn()) {}
      result.r1 = first.received();
      result.r2 = second.received();
    }
  }
}
