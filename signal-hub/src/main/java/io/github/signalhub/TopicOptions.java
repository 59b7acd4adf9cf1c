package io.github.signalhub;

import io.github.signalhub.internal.log.Retention;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How much of a topic is kept for clients that come back, and how. When a limit is passed, the
 * oldest messages leave. But a message stays until it was offered to all connected clients, and for
 * {@linkplain HubBuilder#grace the grace} while there is room. Immutable.
 *
 * @param messages how many messages, at least 1; in a compacted topic, how many deletions
 * @param bytes how many bytes of JSON text, at least 1; each message counts 96 bytes besides. In a
 *     compacted topic deletions alone count, each with 256 bytes and two for each character of its
 *     key
 * @param age how old a message may become, at least 1 ns; in a compacted topic only deletions age.
 *     Messages that are too old leave when a message is published to any topic. A client that comes
 *     to the topic is sent none of them. While nothing is published they stay, because a hub has no
 *     timer for this
 * @param lagPolicy how clients are treated that read too slowly
 * @param compaction how the topic is a table; empty: it is a stream
 * @param maxKeys how many keys a compacted topic may have, at least 1
 * @param keyAge in a compacted topic, how old the newest message of a key may become, at least 1
 *     ns; empty: any age
 * @param presence for how long a user of the topic may be away before it counts as gone; empty: the
 *     topic has no presence
 */
public record TopicOptions(
    int messages,
    long bytes,
    Duration age,
    LagPolicy lagPolicy,
    Optional<Compaction> compaction,
    int maxKeys,
    Optional<Duration> keyAge,
    Optional<Duration> presence) {
  /** 1,000 messages, 1 MiB, 5 minutes; a stream that skips. */
  public static final TopicOptions DEFAULT =
      new TopicOptions(1_000, 1 << 20, Duration.ofMinutes(5));

  private static final int DEFAULT_MAX_KEYS = 10_000;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if a limit is not positive, or a time is beyond 292 years
   */
  public TopicOptions {
    Objects.requireNonNull(age, "age");
    Objects.requireNonNull(lagPolicy, "lagPolicy");
    Objects.requireNonNull(compaction, "compaction");
    Objects.requireNonNull(keyAge, "keyAge");
    Objects.requireNonNull(presence, "presence");
    if (maxKeys < 1) {
      throw new IllegalArgumentException("expected maxKeys of at least 1, was " + maxKeys);
    }
    if (keyAge.isPresent() && nanos(keyAge.get()) < 1) {
      throw new IllegalArgumentException(
          "expected a key age of at least 1 ns, was " + keyAge.get());
    }
    if (presence.isPresent() && nanos(presence.get()) < 0) {
      throw new IllegalArgumentException("expected a time of at least 0, was " + presence.get());
    }
    new Retention(messages, bytes, nanos(age));
  }

  /**
   * Creates the options of a stream that skips.
   *
   * @throws IllegalArgumentException as for the other constructor
   */
  public TopicOptions(int messages, long bytes, Duration age) {
    this(
        messages,
        bytes,
        age,
        LagPolicy.SKIP,
        Optional.empty(),
        DEFAULT_MAX_KEYS,
        Optional.empty(),
        Optional.empty());
  }

  /** Returns these options with another limit of messages. */
  public TopicOptions withMessages(int messages) {
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, presence);
  }

  /** Returns these options with another limit of bytes. */
  public TopicOptions withBytes(long bytes) {
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, presence);
  }

  /** Returns these options with another limit of age. */
  public TopicOptions withAge(Duration age) {
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, presence);
  }

  /** Returns these options with another lag policy; {@link LagPolicy#SKIP} by default. */
  public TopicOptions withLagPolicy(LagPolicy lagPolicy) {
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, presence);
  }

  /**
   * Returns these options for a table. A newer message supersedes the older ones of its key. A
   * message without payload deletes the key.
   *
   * @param key returns the key of a message, 1 to 255 characters; runs on the thread that publishes
   */
  public TopicOptions compactBy(Function<Message, String> key) {
    return compactBy(key, message -> message.payload() == null);
  }

  /**
   * Returns these options for a table: a newer message supersedes the older ones of its key.
   *
   * @param key returns the key of a message, 1 to 255 characters; runs on the thread that publishes
   * @param deletes returns whether a message says that its key is gone. Such a message is kept as
   *     long as the limits of messages, bytes and age allow. All others are kept until they are
   *     superseded, are older than {@link #withKeyAge}, or the topic is {@linkplain HubTopic#clear
   *     dropped}
   */
  public TopicOptions compactBy(Function<Message, String> key, Predicate<Message> deletes) {
    Optional<Compaction> by = Optional.of(new Compaction(key, deletes));
    return new TopicOptions(messages, bytes, age, lagPolicy, by, maxKeys, keyAge, presence);
  }

  /**
   * Returns these options with another limit of keys; 10,000 by default. A message of one key more
   * is refused with {@link PublishResult.Status#TOO_MANY_KEYS}; deleted keys do not count.
   */
  public TopicOptions withMaxKeys(int maxKeys) {
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, presence);
  }

  /**
   * Returns these options with an age for the keys of a compacted topic. Without it, the newest
   * message of a key stays until it is superseded. It has no effect on other topics.
   *
   * <p>Keys leave together: once the oldest key is a quarter older than this, all leave whose
   * newest message is older than this. Then the topic's clients are told {@code $gap} with {@code
   * reset}, and sent the rest anew. A client that cannot be told is closed with 4100. So choose an
   * age that is much longer than the time in which living keys get a newer message. It is looked at
   * when the ages of messages are.
   *
   * @throws IllegalArgumentException if it is less than 1 ns or beyond 292 years
   */
  public TopicOptions withKeyAge(Duration keyAge) {
    Optional<Duration> limit = Optional.of(keyAge);
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, limit, presence);
  }

  /**
   * Returns these options with presence: {@link HubTopic#presence} tells which users follow the
   * topic, and {@link HubListener#onPresent} and {@link HubListener#onAbsent} when that changes. It
   * has no effect on broadcasts and on messages to users. Connections without a user do not count.
   *
   * <p>A topic that a user has left for less than the grace counts towards {@link
   * HubBuilder#maxTopicsPerClient} of its clients. All users together may take {@link
   * HubBuilder#maxPresenceBytes}.
   *
   * @param grace for how long a user may be away before it counts as gone, at least 0
   */
  public TopicOptions withPresence(Duration grace) {
    Optional<Duration> watched = Optional.of(grace);
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, watched);
  }

  Retention retention() {
    int keys = compaction.isPresent() ? maxKeys : 0;
    boolean ages = compaction.isPresent() && keyAge.isPresent();
    long keyAgeNanos = ages ? nanos(keyAge.get()) : 0;
    return new Retention(
        messages, bytes, nanos(age), keys, keyAgeNanos, lagPolicy == LagPolicy.CLOSE);
  }

  private static long nanos(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("expected a time of at most 292 years, was " + time, e);
    }
  }
}
