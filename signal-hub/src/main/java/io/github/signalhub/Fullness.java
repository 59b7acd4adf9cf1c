package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Warns when messages begin to be refused because something is full: once for each cause, and again
 * only after a minute without a refusal of that cause. Thread-safe.
 */
final class Fullness {
  /** An episode ends after so long without a refusal. */
  static final Duration QUIET = Duration.ofMinutes(1);

  private final HubOptions options;
  private final HubLog log;

  /** When each cause refused a message last. Guarded by this. */
  private final Map<Object, Long> last = new HashMap<>();

  Fullness(HubOptions options, HubLog log) {
    this.options = options;
    this.log = log;
  }

  /** Takes note of a message to a topic that was refused, for whatever reason. */
  void refused(PublishResult.Status status, String topic) {
    Optional<String> full = cause(status, topic);
    if (full.isPresent() && begins(status)) {
      Hub.LOG.log(
          Level.WARNING,
          "Messages are refused ({0}): {1}. The log has {2} of {3} bytes in {4} messages of {5}"
              + " topics; keys of compacted topics count {6} of {7} bytes",
          status,
          full.get(),
          log.bytes(),
          options.maxLogBytes(),
          log.size(),
          log.topicCount(),
          log.tableBytes(),
          options.maxTableBytes());
    }
  }

  /** Takes note of a client that may not come to a topic with presence. */
  void presence(long bytes) {
    if (begins(Presence.class)) {
      Hub.LOG.log(
          Level.WARNING,
          "Joins of topics with presence are refused: what is known of users takes {0} of {1}"
              + " bytes",
          bytes,
          options.maxPresenceBytes());
    }
  }

  private synchronized boolean begins(Object cause) {
    long now = options.nanoClock().getAsLong();
    Long before = last.put(cause, now);
    return before == null || now - before > QUIET.toNanos();
  }

  /**
   * Returns what is full; empty if nothing is. Names no topic: clients may have chosen the name.
   */
  private Optional<String> cause(PublishResult.Status status, String topic) {
    return switch (status) {
      case OVERLOADED -> Optional.of("what clients have yet to be offered fills the log");
      case TABLES_FULL -> Optional.of("the budget of compacted topics is spent");
      case TOO_MANY_KEYS ->
          Optional.of("a compacted topic has all its " + options.maxKeys(topic) + " keys");
      case ACCEPTED, TOO_LARGE, CLOSED -> Optional.empty();
    };
  }
}
