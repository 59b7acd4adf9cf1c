package io.github.signalhub;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;

/** Sets the options of a {@link Hub}. Not thread-safe. */
public final class HubBuilder {
  private static final long MAX_DEFAULT_LOG_BYTES = 64L << 20;
  private static final int MAX_WAITING_ENCODINGS = 16;

  private final Map<String, TopicOptions> exact = new HashMap<>();
  private final TreeMap<String, TopicOptions> prefixes = new TreeMap<>();
  private TopicOptions topicDefaults = TopicOptions.DEFAULT;
  private TopicOptions broadcast = TopicOptions.DEFAULT;
  private TopicOptions users = TopicOptions.DEFAULT;
  private long maxLogBytes = Math.min(MAX_DEFAULT_LOG_BYTES, Runtime.getRuntime().maxMemory() / 8);
  private int maxMessageBytes = 2 << 20;
  private int maxTopicsPerClient = 128;
  private Duration grace = Duration.ofSeconds(2);
  private Duration syncInterval = Duration.ofSeconds(15);
  private Optional<Executor> callbackExecutor = Optional.empty();
  private LongSupplier nanoClock = System::nanoTime;
  private InboundOptions inbound = InboundOptions.DEFAULT;

  HubBuilder() {}

  /**
   * Sets the options of topics that no other setting names; {@link TopicOptions#DEFAULT} by
   * default.
   */
  public HubBuilder topicDefaults(TopicOptions options) {
    topicDefaults = Objects.requireNonNull(options, "options");
    return this;
  }

  /**
   * Sets the options of one topic, or of all whose names begin alike: {@code "ledger"}, or {@code
   * "flow:*"}. An exact name goes before a prefix, a longer prefix before a shorter one.
   *
   * @throws IllegalArgumentException if the name is none that a topic can have
   */
  public HubBuilder topic(String nameOrPrefix, TopicOptions options) {
    Objects.requireNonNull(options, "options");
    TopicNames.check(nameOrPrefix);
    if (nameOrPrefix.endsWith("*")) {
      prefixes.put(nameOrPrefix.substring(0, nameOrPrefix.length() - 1), options);
    } else {
      exact.put(nameOrPrefix, options);
    }
    return this;
  }

  /**
   * Sets the options of broadcasts; {@link TopicOptions#DEFAULT} by default.
   *
   * @throws IllegalArgumentException if they are compacted: a client whose first state was cut
   *     could not name what it lacks
   */
  public HubBuilder broadcasts(TopicOptions options) {
    broadcast = stream(options);
    return this;
  }

  /**
   * Sets the options of what is sent to users; {@link TopicOptions#DEFAULT} by default.
   *
   * @throws IllegalArgumentException as {@link #broadcasts}
   */
  public HubBuilder users(TopicOptions options) {
    users = stream(options);
    return this;
  }

  /**
   * Sets how many bytes the whole log may take: the JSON text of all messages, the wire forms made
   * of it, and 96 bytes per message; in compacted topics 256, and two for each character of its
   * key. The oldest messages of the hub make room; while all that is left has yet to be offered to
   * connected clients, or is the newest of its key in a compacted topic, publishing returns {@link
   * PublishResult.Status#OVERLOADED}. By default 64 MiB or an eighth of the heap, whichever is
   * less.
   */
  public HubBuilder maxLogBytes(long maxLogBytes) {
    this.maxLogBytes = maxLogBytes;
    return this;
  }

  /**
   * Sets how many bytes of JSON text a published message may have, its id and topic included; a
   * larger one is refused with {@link PublishResult.Status#TOO_LARGE}. 2 MiB by default: more than
   * the 1 MiB that the JDK server reads of a client, so that what came in can go out again.
   */
  public HubBuilder maxMessageBytes(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
    return this;
  }

  /**
   * Sets how many topics a client may follow besides broadcasts; 128 by default. A handshake with
   * more is refused, and {@link Client#join} returns {@code false}.
   */
  public HubBuilder maxTopicsPerClient(int maxTopicsPerClient) {
    this.maxTopicsPerClient = maxTopicsPerClient;
    return this;
  }

  /**
   * Sets how long a message stays although its topic's limits are passed, while the log has room; 2
   * seconds by default, at most an hour. It covers clients that are between two reads.
   */
  public HubBuilder grace(Duration grace) {
    this.grace = Objects.requireNonNull(grace, "grace");
    return this;
  }

  /**
   * Sets how often a client that asked for control messages is told how far it is ({@code $sync}),
   * so that it knows that its connection lives and where to resume although nothing came; 15
   * seconds by default, 0 for never, else 1 millisecond to an hour.
   */
  public HubBuilder syncInterval(Duration syncInterval) {
    this.syncInterval = Objects.requireNonNull(syncInterval, "syncInterval");
    return this;
  }

  /**
   * Lets clients that asked for control messages join topics by themselves ({@code $join}): those
   * that this returns {@code true} for, up to {@link #maxTopicsPerClient}. Without it none is
   * granted. It is asked at every {@code $join}, also for a topic that the client follows; not
   * about topics of the handshake, nor when the application lets a client join.
   *
   * @param joins told the client and the topic, a valid name; runs where listeners do, in order
   *     with the client's messages, and may wait. If it throws, the client is told {@code
   *     internal}. If {@link Client#leave} takes the topic from the client meanwhile, its answer
   *     does not count
   */
  public HubBuilder authorizeJoins(BiPredicate<? super Client, ? super String> joins) {
    inbound = inbound.withJoins(Objects.requireNonNull(joins, "joins"));
    return this;
  }

  /**
   * Sets how many bytes a client's message may have, at least 1; by default as many as the
   * transport allows. A client that sends a larger one is closed with 1009. It holds for every
   * transport; one with a limit of its own, as the JDK server's, need not read as much first.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public HubBuilder maxClientMessageBytes(int maxClientMessageBytes) {
    inbound = inbound.withMaxMessageBytes(maxClientMessageBytes);
    return this;
  }

  /**
   * Sets how many messages a second a client may send, texts of every kind and binary ones, at
   * least 1; 0, the default, for any number. It may send those of one second at once. A client that
   * sends more is closed with 4101, which tells it to come back later. It holds for every
   * transport.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public HubBuilder maxClientMessagesPerSecond(int maxClientMessagesPerSecond) {
    inbound = inbound.withMaxMessagesPerSecond(maxClientMessagesPerSecond);
    return this;
  }

  /**
   * Sets where listeners run; not shut down by the hub. By default virtual threads on Java 24 and
   * later, else a pool of four daemon threads per core, at least eight: there a listener that waits
   * delays other clients only once all threads wait.
   */
  public HubBuilder callbackExecutor(Executor callbackExecutor) {
    this.callbackExecutor =
        Optional.of(Objects.requireNonNull(callbackExecutor, "callbackExecutor"));
    return this;
  }

  /**
   * Sets a clock like {@link System#nanoTime}, the default, by which messages age, rates are
   * measured, and users are absent; for tests.
   */
  public HubBuilder nanoClock(LongSupplier nanoClock) {
    this.nanoClock = Objects.requireNonNull(nanoClock, "nanoClock");
    return this;
  }

  /**
   * Returns a hub.
   *
   * @throws IllegalArgumentException if a limit is out of range
   */
  public Hub build() {
    return build(newEncodingExecutor());
  }

  /** Returns a hub that encodes slow messages on this executor. */
  Hub build(Executor encodingExecutor) {
    return new Hub(
        new HubOptions(
            topicDefaults,
            broadcast,
            users,
            exact,
            prefixes,
            maxLogBytes,
            maxMessageBytes,
            maxTopicsPerClient,
            grace,
            syncInterval,
            callbackExecutor,
            nanoClock,
            inbound),
        encodingExecutor);
  }

  /**
   * Where messages are encoded that would take an event loop too long: one thread for two cores,
   * and few messages that wait. More are refused: who wants them is better off with a form that is
   * made at once than with a long wait.
   */
  private static Executor newEncodingExecutor() {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    return DaemonPool.create(
        "signal-hub-encoder", threads, new ArrayBlockingQueue<>(MAX_WAITING_ENCODINGS));
  }

  private static TopicOptions stream(TopicOptions options) {
    if (options.compaction().isPresent()) {
      throw new IllegalArgumentException("expected a topic with a name to be compacted");
    }
    return options;
  }
}
