package io.github.signalhub.stress;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.spi.WireForm;
import java.util.Optional;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Does the end of a topic lose a message, and does an eviction leave bytes counted? */
public final class Topics {
  private static final WireForm TWICE = json -> new byte[2 * json.length];

  private Topics() {}

  /** A publisher finds a topic by name while its last subscriber leaves and another one joins. */
  @JCStressTest
  @Outcome(id = "there", expect = Expect.ACCEPTABLE, desc = "In the topic of this name.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "In a removed topic, or lost.")
  @State
  public static class Dropping {
    private final OneTopic log = new OneTopic(10);
    private Topic followed;

    /** Publishes. */
    @Actor
    public void publisher() {
      log.append(1);
    }

    /** Leaves the topic, and joins it again. */
    @Actor
    public void subscriber() {
      log.log.unlink(log.link);
      followed = log.link().topic();
    }

    /** Looks for the message. */
    @Arbiter
    public void message(L_Result result) {
      Optional<Topic> found = log.log.find("t");
      boolean same = found.isPresent() && found.get() == followed;
      result.r1 = !same ? "another topic" : followed.log().firstAfter(0) == null ? "lost" : "there";
    }
  }

  /** A loop encodes an entry while it is evicted. */
  @JCStressTest
  @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "The bytes of the retained entries.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Evicted bytes go on counting.")
  @State
  public static class Counting {
    private final OneTopic log = new OneTopic(1);
    private final long bytes;
    private final Entry entry;

    /** Appends an entry. */
    public Counting() {
      log.append(1);
      bytes = log.log.bytes();
      entry = log.topic().log().firstAfter(0);
    }

    /** Appends another entry, which evicts it. */
    @Actor
    public void publisher() {
      log.append(1);
    }

    /** Encodes it. */
    @Actor
    public void loop() {
      entry.encode(TWICE);
    }

    /** Counts. */
    @Arbiter
    public void count(Z_Result result) {
      result.r1 = log.log.bytes() == bytes;
    }
  }
}
