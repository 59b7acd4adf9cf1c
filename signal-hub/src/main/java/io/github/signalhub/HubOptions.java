package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.LogLimits;
import io.github.signalhub.internal.log.MessageKey;
import io.github.signalhub.internal.log.Retention;
import io.github.signalhub.internal.presence.Presence;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** What a {@link HubBuilder} was set to. Immutable. */
record HubOptions(
    TopicOptions topicDefaults,
    TopicOptions broadcast,
    TopicOptions users,
    Map<String, TopicOptions> exact,
    TreeMap<String, TopicOptions> prefixes,
    long maxLogBytes,
    long maxTableBytes,
    int maxMessageBytes,
    int maxTopicsPerClient,
    long maxPresenceBytes,
    Duration grace,
    Duration syncInterval,
    Optional<Executor> callbackExecutor,
    LongSupplier nanoClock) {
  private static final Duration MAX_GRACE = Duration.ofHours(1);
  private static final Duration MIN_SYNC = Duration.ofMillis(1);
  private static final Duration MAX_SYNC = Duration.ofHours(1);

  /** In how many topics with presence a user may be, as a multiple of what a client may follow. */
  private static final long CLIENTS_OF_A_USER = 4;

  static final int PRIVATE_MESSAGES = 64;
  static final long PRIVATE_BYTES = 64 * 1024;

  HubOptions {
    if (maxLogBytes < 1) {
      throw new IllegalArgumentException("expected maxLogBytes of at least 1, was " + maxLogBytes);
    }
    if (maxTableBytes < 1) {
      throw new IllegalArgumentException(
          "expected maxTableBytes of at least 1, was " + maxTableBytes);
    }
    if (maxMessageBytes < 1) {
      throw new IllegalArgumentException(
          "expected maxMessageBytes of at least 1, was " + maxMessageBytes);
    }
    if (maxTopicsPerClient < 0) {
      throw new IllegalArgumentException(
          "expected maxTopicsPerClient of at least 0, was " + maxTopicsPerClient);
    }
    if (maxPresenceBytes < 1) {
      throw new IllegalArgumentException(
          "expected maxPresenceBytes of at least 1, was " + maxPresenceBytes);
    }
    if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
      throw new IllegalArgumentException(
          "expected a grace of 0 to " + MAX_GRACE + ", was " + grace);
    }
    boolean outOfRange =
        syncInterval.compareTo(MAX_SYNC) > 0 || syncInterval.compareTo(MIN_SYNC) < 0;
    if (outOfRange && !syncInterval.isZero()) {
      throw new IllegalArgumentException(
          "expected a sync interval of 0 or 1 ms to " + MAX_SYNC + ", was " + syncInterval);
    }
    maxMessageBytes = // one that could never fit in the log is too large, not an overload
        (int) Math.min(maxMessageBytes, Math.max(0, maxLogBytes - HubLog.ENTRY_OVERHEAD_BYTES));
    exact = Map.copyOf(exact);
    prefixes = new TreeMap<>(prefixes);
  }

  LogLimits logLimits() {
    return new LogLimits(
        maxLogBytes, maxTableBytes, grace.toNanos(), PRIVATE_MESSAGES, PRIVATE_BYTES);
  }

  /**
   * Returns the limits of a topic: by its exact name, else by the longest prefix, else the
   * defaults.
   */
  Retention retention(String topic) {
    return find(topic).retention();
  }

  /** Returns whether any topic can be compacted: otherwise nothing is looked up for a message. */
  boolean compacts() {
    return Stream.of(
            Stream.of(topicDefaults, broadcast, users),
            exact.values().stream(),
            prefixes.values().stream())
        .flatMap(options -> options)
        .anyMatch(options -> options.compaction().isPresent());
  }

  /**
   * Returns the key of a message to a topic; {@code null} if the topic is not compacted.
   *
   * @throws IllegalArgumentException if the message has no key that the topic could take
   */
  MessageKey key(String topic, Message message) {
    return find(topic).compaction().map(compaction -> compaction.keyOf(message)).orElse(null);
  }

  Presence.Limits presenceLimits() {
    return new Presence.Limits(CLIENTS_OF_A_USER * maxTopicsPerClient, maxPresenceBytes);
  }

  /** Returns how many keys a topic may have. */
  int maxKeys(String topic) {
    return find(topic).maxKeys();
  }

  /** Returns for how long a user of a topic may be away; empty if nobody watches who is there. */
  Optional<Duration> presence(String topic) {
    return find(topic).presence();
  }

  private TopicOptions find(String topic) {
    if (topic.equals(TopicNames.BROADCAST)) {
      return broadcast;
    }
    if (topic.startsWith("$")) {
      return users;
    }
    TopicOptions options = exact.get(topic);
    for (Map.Entry<String, TopicOptions> prefix = prefixes.floorEntry(topic);
        options == null && prefix != null;
        prefix = prefixes.lowerEntry(prefix.getKey())) {
      if (topic.startsWith(prefix.getKey())) {
        options = prefix.getValue(); // among its prefixes the longest sorts last
      }
    }
    return options != null ? options : topicDefaults;
  }
}
