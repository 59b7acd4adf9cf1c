package io.github.signalhub;

import io.github.signalhub.internal.settings.Setting;
import io.github.signalhub.internal.threads.DaemonThreads;
import io.github.signalhub.spi.Backbone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Sets the options of a {@link Hub}. A setter refuses a value outside its range with an {@link
 * IllegalArgumentException}, which names the setting, the range and the value. Not thread-safe.
 */
public final class HubBuilder {
  private static final int MAX_WAITING_ENCODINGS = 16;
  private static final int LARGEST_MESSAGE_BYTES = 1 << 30; // well below the longest array
  private static final Duration LONGEST_TIME = Duration.ofHours(1);

  private static final Duration MIN_REQUEST_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MAX_REQUEST_TIMEOUT = Duration.ofMinutes(4);
  private static final int MAX_ANSWER_BYTES = 16 << 20;

  private final HubOptions.Draft draft = new HubOptions.Draft();
  private Optional<BiPredicate<? super Client, ? super String>> joins = Optional.empty();

  HubBuilder() {}

  /**
   * Sets the options of all topics that no other setting names; {@link TopicOptions#DEFAULT} by
   * default.
   */
  public HubBuilder topicDefaults(TopicOptions options) {
    draft.topicDefaults = Objects.requireNonNull(options, "topicDefaults");
    return this;
  }

  /**
   * Sets the options of one topic, or of all whose names begin alike: {@code "ledger"}, or {@code
   * "flow:*"}. An exact name goes before a prefix, a longer prefix before a shorter one.
   *
   * @throws IllegalArgumentException if the name is none that a topic can have
   */
  public HubBuilder topic(String nameOrPrefix, TopicOptions options) {
    Objects.requireNonNull(options, "topic options");
    TopicPattern pattern = TopicPattern.parse(nameOrPrefix);
    (pattern.isPrefix() ? draft.prefixes : draft.exact).put(pattern.text(), options);
    return this;
  }

  /**
   * Sets the options of broadcasts; {@link TopicOptions#DEFAULT} by default.
   *
   * @throws IllegalArgumentException if they are compacted: a client that was cut amid its first
   *     state could not ask for the rest
   */
  public HubBuilder broadcasts(TopicOptions options) {
    draft.broadcast = stream("broadcasts", options);
    return this;
  }

  /**
   * Sets the options of messages to users; {@link TopicOptions#DEFAULT} by default.
   *
   * @throws IllegalArgumentException as {@link #broadcasts}
   */
  public HubBuilder users(TopicOptions options) {
    draft.users = stream("users", options);
    return this;
  }

  /**
   * Sets how many bytes the whole log may take, at least 1; by default 64 MiB or an eighth of the
   * heap, whichever is less. A message counts its JSON text, the wire forms made of it, and 96
   * bytes. In a compacted topic it counts 256 bytes, and two for each character of its key. Each
   * topic that has messages counts its name and 128 bytes, a compacted one 432. The counts are
   * within a quarter of the real size on a 64-bit JVM with compressed pointers.
   *
   * <p>The oldest messages of the hub make room. But a message stays while connected clients were
   * not offered it yet, or while it is {@linkplain #maxTableBytes the newest of its key}. If no
   * message may leave, publishing returns {@link PublishResult.Status#OVERLOADED}, and a warning
   * with figures is logged once.
   */
  public HubBuilder maxLogBytes(long maxLogBytes) {
    draft.maxLogBytes = Setting.atLeast("maxLogBytes", 1, maxLogBytes);
    return this;
  }

  /**
   * Sets how many bytes of the log all keys of compacted topics may take; at least 1, by default
   * half of {@link #maxLogBytes}. Other messages keep the rest. The newest message of each key
   * counts as {@link #maxLogBytes} says. But its text counts four times, because its wire forms
   * stay as long as the message. Each compacted topic that has keys counts as it does there.
   * Deletions count nothing here. A message that needs more is refused with {@link
   * PublishResult.Status#TABLES_FULL}, and a warning with figures is logged once. A message that is
   * no larger than the one that it supersedes is always taken.
   */
  public HubBuilder maxTableBytes(long maxTableBytes) {
    draft.maxTableBytes = OptionalLong.of(Setting.atLeast("maxTableBytes", 1, maxTableBytes));
    return this;
  }

  /**
   * Sets how many bytes of JSON text a published message may have, with its id and topic, at least
   * 1; 2 MiB by default. A larger one is refused with {@link PublishResult.Status#TOO_LARGE}. By
   * default each message of a client can be published again, because {@link #maxClientMessageBytes}
   * is half of this.
   */
  public HubBuilder maxPublishedBytes(int maxPublishedBytes) {
    draft.maxPublishedBytes = Setting.atLeast("maxPublishedBytes", 1, maxPublishedBytes);
    return this;
  }

  /**
   * Sets how many topics a client may follow besides broadcasts, at least 0; 128 by default. A
   * handshake with more is refused, {@link Client#join} returns {@code false}, and a {@code $join}
   * is answered by {@code too_many_topics}.
   *
   * <p>Topics {@linkplain TopicOptions#withPresence with presence} that the client's user has left
   * for less than their grace count, too. They do not count at a handshake. One user may be in four
   * times as many topics with presence, over all its clients. Topics that it has left for less than
   * their grace count. If the user comes to one more topic, the topic that it left first counts as
   * left for good. If there is none, a join is refused as above. A client that names the topic in
   * its handshake is closed with 1013.
   */
  public HubBuilder maxTopicsPerClient(int maxTopicsPerClient) {
    draft.maxTopicsPerClient = Setting.atLeast("maxTopicsPerClient", 0, maxTopicsPerClient);
    return this;
  }

  /**
   * Sets how many bytes presence may take, at least 1; by default 64 MiB or a sixteenth of the
   * heap, whichever is less. Presence is the knowledge of which users follow topics {@linkplain
   * TopicOptions#withPresence with presence}, or are away for less than the grace. A user in one
   * topic takes about 300 to 700 bytes and the two names. When there is no room, {@link
   * Client#join} returns {@code false}, a {@code $join} is answered by {@code overloaded}, and a
   * handshake ends with 1013. A warning with figures is logged once.
   *
   * <p>A hub of several nodes also counts the users of the other nodes, about 190 bytes and the
   * name for each user in a topic. It cannot refuse them. So they are kept beyond the limit, with a
   * warning.
   */
  public HubBuilder maxPresenceBytes(long maxPresenceBytes) {
    draft.maxPresenceBytes = Setting.atLeast("maxPresenceBytes", 1, maxPresenceBytes);
    return this;
  }

  /**
   * Sets how long a message stays although its topic's limits are passed, 0 to an hour; 2 seconds
   * by default. It stays while the log has room. This covers clients that are between two reads.
   */
  public HubBuilder retentionGrace(Duration retentionGrace) {
    draft.retentionGrace =
        Setting.within("retentionGrace", Duration.ZERO, LONGEST_TIME, retentionGrace);
    return this;
  }

  /**
   * Sets how often a client that asked for control messages is told how far it is ({@code $sync}).
   * 15 seconds by default, 0 for never, else 1 millisecond to an hour. So the client knows that its
   * connection lives, and where to resume, although no message came.
   */
  public HubBuilder syncInterval(Duration syncInterval) {
    Objects.requireNonNull(syncInterval, "syncInterval");
    if (!syncInterval.isZero()) {
      Setting.within("syncInterval", Duration.ofMillis(1), LONGEST_TIME, syncInterval);
    }
    draft.syncInterval = syncInterval;
    return this;
  }

  /**
   * Lets clients that asked for control messages join topics by themselves ({@code $join}). A join
   * is granted if this hook returns {@code true}, up to {@link #maxTopicsPerClient}. Without a hook
   * no join is granted. The hook is asked at every {@code $join}, also about a topic that the
   * client follows. It is not asked about topics of the handshake, nor when the application lets a
   * client join.
   *
   * @param joins is told the client and the topic, which is a valid name. It runs where listeners
   *     do, in order with the client's messages, and may wait. If it throws, the client is told
   *     {@code internal}. If {@link Client#leave} takes the topic from the client meanwhile, its
   *     answer does not count
   */
  public HubBuilder authorizeJoins(BiPredicate<? super Client, ? super String> joins) {
    this.joins = Optional.of(Objects.requireNonNull(joins, "authorizeJoins"));
    return this;
  }

  /**
   * Sets how many bytes a client's message may have, 1 to 2^30; 1 MiB by default. A client that
   * sends a larger one is closed with 1009. The limit holds for every transport. The server closes
   * before it reads a message that is announced as longer, and counts inflated bytes.
   */
  public HubBuilder maxClientMessageBytes(int maxClientMessageBytes) {
    draft.maxClientMessageBytes =
        Setting.within("maxClientMessageBytes", 1, LARGEST_MESSAGE_BYTES, maxClientMessageBytes);
    return this;
  }

  /**
   * Sets how many messages a second a client may send, at least 1; 0, the default, for any number.
   * Texts of every kind and binary messages count. A client may send the messages of one second at
   * once. If it sends more, it is closed with 4101, which tells it to come back later. The limit
   * holds for every transport.
   */
  public HubBuilder maxClientMessagesPerSecond(int maxClientMessagesPerSecond) {
    draft.maxClientMessagesPerSecond =
        Setting.atLeast("maxClientMessagesPerSecond", 0, maxClientMessagesPerSecond);
    return this;
  }

  /**
   * Sets how many bytes of heap the messages of all clients may take until listeners have returned.
   * At least 2; by default 128 MiB or a quarter of the heap, whichever is less.
   *
   * <p>One half is for messages that wait, and for parts of messages that a carrier of whole texts
   * has received. When more comes in, one client is closed with 1013. The user or the address that
   * has most waiting is looked for, then its client that has most.
   *
   * <p>The other half is for messages from their parsing until the listeners have returned. Parsed
   * JSON takes more than its text: 1 MiB may take 40 MiB. A message that alone would take more than
   * the half closes its client with 1009. Others wait for room. The messages of one user or address
   * in listeners take at most as much as they leave free. So the messages of others find room.
   */
  public HubBuilder maxWaitingBytes(long maxWaitingBytes) {
    draft.maxWaitingBytes = Setting.atLeast("maxWaitingBytes", 2, maxWaitingBytes);
    return this;
  }

  /**
   * Sets how long the answer to a {@linkplain Hub#onRequest request} may be pending, 1 ms to 4
   * minutes; 30 seconds by default. After that the client is told {@code $error} with the code
   * {@code timeout}. A session without a connection is kept for 5 minutes, so the answer is there.
   */
  public HubBuilder requestTimeout(Duration timeout) {
    draft.requestTimeout =
        Setting.within("requestTimeout", MIN_REQUEST_TIMEOUT, MAX_REQUEST_TIMEOUT, timeout);
    return this;
  }

  /**
   * Sets how many bytes of JSON the answer to a {@linkplain Hub#onRequest request} may have, 1 to
   * 16 Mi; 256 KiB by default. A longer one is not sent. Its client is told {@code $error} with the
   * code {@code internal}, and a warning is logged.
   *
   * <p>A session keeps four times as many bytes of answers that it was sent, for repeats. While
   * more wait until the client reads them, its next messages wait.
   */
  public HubBuilder maxAnswerBytes(int maxAnswerBytes) {
    draft.maxAnswerBytes = Setting.within("maxAnswerBytes", 1, MAX_ANSWER_BYTES, maxAnswerBytes);
    return this;
  }

  /**
   * Binds the sessions of clients without a user to their addresses (of IPv6, the first 64 bits).
   * Not bound by default. A session of such a client is a secret that travels in the address of the
   * WebSocket. Others that know it can learn which {@code ref}s were processed, and make the hub
   * take their messages for repeats. If sessions are bound, they need the same IP address, too. But
   * a client whose address changes begins a new session then. A message that it repeats is
   * processed twice.
   */
  public HubBuilder anonymousSessionsByAddress() {
    draft.anonymousSessionsByAddress = true;
    return this;
  }

  /**
   * Sets where listeners run; the hub does not shut it down. The default is virtual threads on Java
   * 24 and later. Before, it is a pool of four daemon threads per core, at least eight. There a
   * listener that waits delays other clients only once all threads wait.
   */
  public HubBuilder callbackExecutor(Executor callbackExecutor) {
    draft.callbackExecutor =
        Optional.of(Objects.requireNonNull(callbackExecutor, "callbackExecutor"));
    return this;
  }

  /**
   * Lets another JSON library write and read payloads of all classes, except {@code null} and
   * {@link io.github.signalhub.json.RawJson}. By default {@link io.github.signalhub.json.Json}
   * does.
   */
  public HubBuilder payloadCodec(PayloadCodec codec) {
    return payloadCodec(codec, type -> true);
  }

  /**
   * Lets another JSON library write and read payloads of some classes. {@link
   * io.github.signalhub.json.Json} does so for all others.
   *
   * @param types whether the codec is for a class; asked for every payload, on any thread
   */
  public HubBuilder payloadCodec(PayloadCodec codec, Predicate<? super Class<?>> types) {
    draft.payloads =
        new Payloads(
            Optional.of(Objects.requireNonNull(codec, "payloadCodec")),
            Objects.requireNonNull(types, "payloadCodec types"));
    return this;
  }

  /**
   * Sets a clock like {@link System#nanoTime}, the default, by which messages age, rates are
   * measured, and users are absent; for tests.
   */
  public HubBuilder nanoClock(LongSupplier nanoClock) {
    draft.nanoClock = Objects.requireNonNull(nanoClock, "nanoClock");
    return this;
  }

  /**
   * Sets the wall clock by which the credentials of clients end ({@link
   * Client#expiresAt(Instant)}); that of the system by default; for tests.
   */
  public HubBuilder clock(InstantSource clock) {
    draft.clock = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /**
   * Makes the hub one of several nodes that share their messages. By default a hub is alone.
   *
   * <p>A message that is published on any node reaches the clients of all, in one order. A client
   * that loses its node goes on at another one with the id that it has. The results of publishing
   * are {@link PublishResult.Status#PENDING} at first, and {@linkplain PublishResult#settled
   * settle} later. {@link HubListener#onRestart} tells when the nodes had to begin anew.
   *
   * <p>All nodes need the same compacted topics, and the same topics {@linkplain
   * TopicOptions#withPresence with presence}. Presence has the users of all nodes, and one node is
   * told of each change. Rows of compacted topics are also sent to the client that {@link
   * HubTopic#publishExcept} names.
   *
   * @param backbone connects this node with the others; used by this hub alone, which closes it
   */
  public HubBuilder backbone(Backbone backbone) {
    draft.backbone = Optional.of(Objects.requireNonNull(backbone, "backbone"));
    return this;
  }

  /**
   * Returns a hub. With a {@linkplain #backbone backbone}, it waits for the messages that the other
   * nodes retain.
   *
   * @throws UncheckedIOException if the backbone cannot start. The message says why
   */
  public Hub build() {
    return build(newEncodingExecutor());
  }

  /** Returns a hub that encodes slow messages on this executor. */
  Hub build(Executor encodingExecutor) {
    HubOptions options = new HubOptions(draft);
    Hub hub = new Hub(options, joins, encodingExecutor);
    try {
      hub.start();
    } catch (IOException e) {
      hub.close(Duration.ZERO);
      throw new UncheckedIOException(e.getMessage(), e);
    } catch (Throwable e) { // a backbone has threads and links, whatever its start throws
      hub.close(Duration.ZERO);
      throw e;
    }
    return hub;
  }

  /**
   * Returns the threads for messages whose encoding takes an event loop too long: one for two
   * cores. Few messages wait. More are refused, because a form that is made at once comes sooner
   * than after a long wait.
   */
  private static Executor newEncodingExecutor() {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    return DaemonThreads.pool(
        "signal-hub-encoder", threads, new ArrayBlockingQueue<>(MAX_WAITING_ENCODINGS));
  }

  private static TopicOptions stream(String setting, TopicOptions options) {
    Objects.requireNonNull(options, setting);
    if (options.isCompacted()) {
      throw new IllegalArgumentException(
          "expected " + setting + " that are not compacted, was " + options);
    }
    return options;
  }
}
