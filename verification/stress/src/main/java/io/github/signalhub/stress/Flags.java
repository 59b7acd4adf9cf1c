package io.github.signalhub.stress;

import io.github.signalhub.internal.log.LogReader;
import io.github.signalhub.internal.log.Topic;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** Does a reader that takes the flagged links see the newest entry of each? */
@JCStressTest
@Outcome(id = "4, 3", expect = Expect.ACCEPTABLE, desc = "The newest of both.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A flagged link was not read.")
@State
public class Flags {
  private final OneTopic log = new OneTopic(10);
  private final Taker reader = new Taker();
  private final Seen one = log.log.link("one", topic -> new Seen(topic, reader));
  private final Seen other = log.log.link("other", topic -> new Seen(topic, reader));

  /** Sets a flag. */
  public Flags() {
    log.append("one");
  }

  /** Sets flags. */
  @Actor
  public void publisher() {
    log.append("other");
    log.append("other");
    log.append("one");
  }

  /** Takes the flagged links twice. */
  @Actor
  public void loop() {
    reader.take();
    reader.take();
  }

  /** Takes the remaining ones. */
  @Arbiter
  public void rest(JJ_Result result) {
    reader.take();
    result.r1 = one.last;
    result.r2 = other.last;
  }

  private static final class Seen extends LogReader.TopicSubscription {
    private long last;

    Seen(Topic topic, LogReader reader) {
      super(topic, reader);
    }
  }

  private static final class Taker extends LogReader {
    void take() {
      takeFlagged(link -> ((Seen) link).last = link.topic().log().last());
    }

    @Override
    protected boolean schedule() {
      return false;
    }
  }
}
