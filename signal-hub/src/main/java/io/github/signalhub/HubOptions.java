package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.LogLimits;
import io.github.signalhub.internal.log.MessageKey;
import io.github.signalhub.internal.log.Retention;
import io.github.signalhub.internal.presence.Presence;
import io.github.signalhub.json.Json;
import io.github.signalhub.spi.Backbone;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** The options of a hub as a {@link HubBuilder} was set, each within its range. Immutable. */
final class HubOptions {
  /** In how many topics with presence a user may be, as a multiple of the topics of a client. */
  private static final long CLIENTS_OF_A_USER = 4;

  static final int PRIVATE_MESSAGES = 64;
  static final long PRIVATE_BYTES = 64 * 1024;

  /** The options that a builder has collected, at first the defaults. */
  static final class Draft {
    final Map<String, TopicOptions> exact = new HashMap<>();
    final TreeMap<String, TopicOptions> prefixes = new TreeMap<>();
    TopicOptions topicDefaults = TopicOptions.DEFAULT;
    TopicOptions broadcast = TopicOptions.DEFAULT;
    TopicOptions users = TopicOptions.DEFAULT;
    long maxLogBytes = atMostOfHeap(8, 64L << 20);
    OptionalLong maxTableBytes = OptionalLong.empty(); // half of the log
    int maxPublishedBytes = 2 << 20;
    int maxTopicsPerClient = 128;
    long maxPresenceBytes = atMostOfHeap(16, 64L << 20);
    Duration retentionGrace = Duration.ofSeconds(2);
    Duration syncInterval = Duration.ofSeconds(15);
    int maxClientMessageBytes = 1 << 20;
    int maxClientMessagesPerSecond; // 0: any number
    long maxWaitingBytes = atMostOfHeap(4, 128L << 20);
    Duration requestTimeout = Duration.ofSeconds(30);
    int maxAnswerBytes = 256 << 10;
    boolean anonymousSessionsByAddress;
    Optional<Executor> callbackExecutor = Optional.empty();
    LongSupplier nanoClock = System::nanoTime;
    InstantSource clock = InstantSource.system();
    Payloads payloads = Payloads.BUILT_IN;
    Optional<Backbone> backbone = Optional.empty();

    private static long atMostOfHeap(int part, long bytes) {
      return Math.min(bytes, Runtime.getRuntime().maxMemory() / part);
    }
  }

  final long maxLogBytes;
  final long maxTableBytes;
  final int maxPublishedBytes;
  final int maxTopicsPerClient;
  final long syncNanos;
  final int maxClientMessageBytes;
  final int maxClientMessagesPerSecond;
  final long maxWaitingBytes;
  final Duration requestTimeout;
  final int maxAnswerBytes;
  final boolean anonymousSessionsByAddress;
  final Optional<Executor> callbackExecutor;
  final LongSupplier nanoClock;
  final InstantSource clock;
  final Payloads payloads;
  final Optional<Backbone> backbone;

  private final TopicOptions topicDefaults;
  private final TopicOptions broadcast;
  private final TopicOptions users;
  private final Map<String, TopicOptions> exact;
  private final TreeMap<String, TopicOptions> prefixes;
  private final long maxPresenceBytes;
  private final Duration retentionGrace;

  /** Freezes a draft, whose options are in their ranges. */
  HubOptions(Draft set) {
    topicDefaults = set.topicDefaults;
    broadcast = set.broadcast;
    users = set.users;
    exact = Map.copyOf(set.exact);
    prefixes = new TreeMap<>(set.prefixes);
    maxLogBytes = set.maxLogBytes;
    maxTableBytes = set.maxTableBytes.orElse(Math.max(1, maxLogBytes / 2));
    // A message that can never fit in the log is too large, and no overload.
    long fits = Math.max(0, maxLogBytes - HubLog.ENTRY_OVERHEAD_BYTES);
    maxPublishedBytes = (int) Math.min(set.maxPublishedBytes, fits);
    maxTopicsPerClient = set.maxTopicsPerClient;
    maxPresenceBytes = set.maxPresenceBytes;
    retentionGrace = set.retentionGrace;
    syncNanos = set.syncInterval.toNanos();
    maxClientMessageBytes = set.maxClientMessageBytes;
    maxClientMessagesPerSecond = set.maxClientMessagesPerSecond;
    maxWaitingBytes = set.maxWaitingBytes;
    requestTimeout = set.requestTimeout;
    maxAnswerBytes = set.maxAnswerBytes;
    anonymousSessionsByAddress = set.anonymousSessionsByAddress;
    callbackExecutor = set.callbackExecutor;
    nanoClock = set.nanoClock;
    clock = set.clock;
    payloads = set.payloads;
    backbone = set.backbone;
  }

  LogLimits logLimits() {
    return new LogLimits(
        maxLogBytes, maxTableBytes, retentionGrace.toNanos(), PRIVATE_MESSAGES, PRIVATE_BYTES);
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
    return all().anyMatch(TopicOptions::isCompacted);
  }

  /** Returns whether any topic can have presence. */
  boolean hasPresence() {
    return all().anyMatch(options -> options.presence().isPresent());
  }

  private Stream<TopicOptions> all() {
    return Stream.of(
            Stream.of(topicDefaults, broadcast, users),
            exact.values().stream(),
            prefixes.values().stream())
        .flatMap(options -> options);
  }

  /**
   * Returns what all nodes of a hub must agree on: which topics are compacted. Topics that are
   * streams anyway do not count, so that a node may know more of them than others.
   */
  String format() {
    Map<String, TopicOptions> patterns = new TreeMap<>(exact);
    prefixes.forEach((prefix, options) -> patterns.put(prefix + "*", options));
    patterns.put("*", topicDefaults);
    boolean streamsCount =
        topicDefaults.isCompacted()
            || prefixes.values().stream().anyMatch(TopicOptions::isCompacted);
    Map<String, Boolean> compacted = new TreeMap<>();
    patterns.forEach(
        (pattern, options) -> {
          if (streamsCount || options.isCompacted()) {
            compacted.put(pattern, options.isCompacted());
          }
        });
    return Json.write(Map.of("tables", compacted));
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

  /** Returns for how long a user of a topic may be away; empty if nobody watches the topic. */
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
