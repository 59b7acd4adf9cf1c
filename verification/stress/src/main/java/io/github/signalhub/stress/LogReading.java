package io.github.signalhub.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Can a reader without a lock miss an entry above the floor, while the ring grows, turns, shrinks
 * and is emptied?
 */
public final class LogReading {
  private LogReading() {}

  /** The first entries arrive, and the ring grows several times. */
  @JCStressTest
  @Outcome(id = "complete", expect = Expect.ACCEPTABLE, desc = "All that was published before.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Nothing had left.")
  @State
  public static class Growing {
    private final OneTopic log = new OneTopic(100);

    /** Appends. */
    @Actor
    public void publisher() {
      log.append(5);
    }

    /** Reads. */
    @Actor
    public void reader(L_Result result) {
      result.r1 = log.walk();
    }
  }

  /** Each new entry takes the slot of an evicted one. */
  @JCStressTest
  @Outcome(id = "complete", expect = Expect.ACCEPTABLE, desc = "All that was published before.")
  @Outcome(id = "told", expect = Expect.ACCEPTABLE, desc = "The floor tells what is missing.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Missing without a word.")
  @State
  public static class Turning {
    private final OneTopic log = new OneTopic(3);

    /** Fills the ring. */
    public Turning() {
      log.append(3);
    }

    /** Appends and evicts. */
    @Actor
    public void publisher() {
      log.append(4);
    }

    /** Reads. */
    @Actor
    public void reader(L_Result result) {
      result.r1 = log.walk();
    }
  }

  /** The ring becomes smaller, and gets more entries. */
  @JCStressTest
  @Outcome(id = "complete", expect = Expect.ACCEPTABLE, desc = "All that was published before.")
  @Outcome(id = "told", expect = Expect.ACCEPTABLE, desc = "The floor tells what is missing.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Missing without a word.")
  @State
  public static class Shrinking {
    private final OneTopic log = new OneTopic(100);

    /** Fills a ring of 128 slots with expired entries and 16 others. */
    public Shrinking() {
      log.append(49);
      log.now = OneTopic.AGE;
      log.append(16);
      log.now++;
    }

    /** Evicts down to an eighth, and appends. */
    @Actor
    public void publisher() {
      log.log.expire(log.topic());
      log.append(1);
    }

    /** Reads. */
    @Actor
    public void reader(L_Result result) {
      result.r1 = log.walk();
    }
  }

  /** All entries leave, and others arrive. */
  @JCStressTest
  @Outcome(id = "complete", expect = Expect.ACCEPTABLE, desc = "All that was published before.")
  @Outcome(id = "told", expect = Expect.ACCEPTABLE, desc = "The floor tells what is missing.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Missing without a word.")
  @State
  public static class Emptying {
    private final OneTopic log = new OneTopic(100);

    /** Fills the ring with expired entries. */
    public Emptying() {
      log.append(3);
      log.now = OneTopic.AGE + 1;
    }

    /** Evicts all, and appends. */
    @Actor
    public void publisher() {
      log.log.expire(log.topic());
      log.append(2);
    }

    /** Reads. */
    @Actor
    public void reader(L_Result result) {
      result.r1 = log.walk();
    }
  }
}
