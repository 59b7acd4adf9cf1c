package io.github.signalhub.stress;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.LogLimits;
import io.github.signalhub.internal.log.LogReader;
import io.github.signalhub.internal.log.Retention;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.internal.log.TopicLog;
import java.nio.charset.StandardCharsets;

/** A log of one topic without holes in its offsets, read as a session reads it. */
final class OneTopic {
  /** The greatest age of an entry, in nanoseconds. */
  static final long AGE = 1_000;

  private static final byte[] MESSAGE =
      "{\"type\":\"N\",\"payload\":0,\"id\":\"00ff00ff00ff00ff-0000000000000000\"}"
          .getBytes(StandardCharsets.US_ASCII);

  final HubLog log;
  final LogReader.TopicSubscription link;
  long now;

  /** Creates a topic that keeps so many messages. It exists even without messages. */
  OneTopic(int messages) {
    log =
        new HubLog(
            1,
            new LogLimits(1 << 20, 1 << 20, 0, 64, 1 << 16),
            topic -> new Retention(messages, 1 << 20, AGE),
            () -> now);
    link = link();
  }

  Topic topic() {
    return link.topic();
  }

  /** Links the topic to a reader that delays no eviction. */
  LogReader.TopicSubscription link() {
    return log.link("t", topic -> new Link(topic));
  }

  /** Appends so many messages. */
  void append(int messages) {
    for (int i = 0; i < messages; i++) {
      append("t");
    }
  }

  /** Appends a message to a topic of this or another name. */
  void append(String topic) {
    log.append(topic, MESSAGE.clone());
  }

  /**
   * Reads everything from the beginning. Returns {@code complete}, {@code told} if the floor covers
   * the missing entries, or the error.
   */
  String walk() {
    TopicLog entries = topic().log();
    long published = entries.last();
    boolean told = false;
    long position = 0;
    Entry entry = entries.firstAfter(0);
    while (true) {
      boolean follows = entry != null && entry.offset() == position + 1;
      long floor = entries.floor(); // read only after the search of the log
      if (!follows && floor > position) {
        told = true;
        position = floor;
        entry = entries.firstAfter(floor);
      } else if (entry == null) {
        return position < published ? "missed the end" : told ? "told" : "complete";
      } else if (!follows) {
        return entry.offset() <= position ? "repeated" : "missed some";
      } else {
        position = entry.offset();
        entry = entries.next(entry);
      }
    }
  }

  private static final class Link extends LogReader.TopicSubscription {
    Link(Topic topic) {
      super(topic, new Idle());
    }
  }

  private static final class Idle extends LogReader {
    @Override
    protected boolean schedule() {
      return false;
    }
  }
}
