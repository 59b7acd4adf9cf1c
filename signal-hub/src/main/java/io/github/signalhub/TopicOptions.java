package io.github.signalhub;

import io.github.signalhub.internal.log.Retention;
import io.github.signalhub.internal.settings.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How much of a topic is kept for clients that come back, and how. When a limit is passed, the
 * oldest messages leave. But a message stays until it was offered to all connected clients, and for
 * {@linkplain HubBuilder#retentionGrace the grace} while there is room.
 *
 * <pre>{@code
 * TopicOptions.DEFAULT.withMessages(200).withAge(Duration.ofHours(1))
 * }</pre>
 *
 * <p>Two options are equal if all settings are. Immutable.
 */
public final class TopicOptions {
  private static final int DEFAULT_MAX_KEYS = 10_000;

  /** 1,000 messages, 1 MiB, 5 minutes; a stream that skips. */
  public static final TopicOptions DEFAULT =
      new TopicOptions(
          1_000,
          1 << 20,
          Duration.ofMinutes(5),
          LagPolicy.SKIP,
          Optional.empty(),
          DEFAULT_MAX_KEYS,
          Optional.empty(),
          Optional.empty());

  private final int messages;
  private final long bytes;
  private final Duration age;
  private final LagPolicy lagPolicy;
  private final Optional<Compaction> compaction;
  private final int maxKeys;
  private final Optional<Duration> keyAge;
  private final Optional<Duration> presence;

  private TopicOptions(
      int messages,
      long bytes,
      Duration age,
      LagPolicy lagPolicy,
      Optional<Compaction> compaction,
      int maxKeys,
      Optional<Duration> keyAge,
      Optional<Duration> presence) {
    this.messages = messages;
    this.bytes = bytes;
    this.age = age;
    this.lagPolicy = lagPolicy;
    this.compaction = compaction;
    this.maxKeys = maxKeys;
    this.keyAge = keyAge;
    this.presence = presence;
  }

  /**
   * Returns these options with another limit of messages; 1,000 by default. In a compacted topic it
   * limits deletions.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public TopicOptions withMessages(int messages) {
    Setting.atLeast("messages", 1, messages);
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, presence);
  }

  /**
   * Returns these options with another limit of bytes; 1 MiB by default. A message counts the bytes
   * of its JSON text, and 96 bytes besides. In a compacted topic deletions alone count, each with
   * 256 bytes and two for each character of its key.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public TopicOptions withBytes(long bytes) {
    Setting.atLeast("bytes", 1, bytes);
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, presence);
  }

  /**
   * Returns these options with another limit of age; 5 minutes by default. In a compacted topic
   * only deletions age.
   *
   * <p>Messages that are too old leave when a message is published to any topic. A client that
   * comes to the topic is sent none of them. While nothing is published they stay, because a hub
   * has no timer for this.
   *
   * @throws IllegalArgumentException if it is less than 1 ns or beyond 292 years
   */
  public TopicOptions withAge(Duration age) {
    Setting.atLeast("age", Duration.ofNanos(1), age);
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, presence);
  }

  /** Returns these options with another lag policy; {@link LagPolicy#SKIP} by default. */
  public TopicOptions withLagPolicy(LagPolicy lagPolicy) {
    Objects.requireNonNull(lagPolicy, "lagPolicy");
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
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public TopicOptions withMaxKeys(int maxKeys) {
    Setting.atLeast("maxKeys", 1, maxKeys);
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
    Setting.atLeast("keyAge", Duration.ofNanos(1), keyAge);
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
   * <p>A hub of {@linkplain HubBuilder#backbone several nodes} has one presence. All nodes need the
   * same topics with presence and the same graces. A user that moves to another node within the
   * grace was never away. The users of a node that dies are gone 15 seconds after that, or after
   * the longest grace of the topics that they followed, if that is longer. The users of a node that
   * closes have the longest grace of these topics to come back.
   *
   * @param grace for how long a user may be away before it counts as gone
   * @throws IllegalArgumentException if the grace is negative or beyond 292 years
   */
  public TopicOptions withPresence(Duration grace) {
    Setting.atLeast("presence", Duration.ZERO, grace);
    Optional<Duration> watched = Optional.of(grace);
    return new TopicOptions(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, watched);
  }

  /** Returns how many messages are kept; in a compacted topic, how many deletions. */
  public int messages() {
    return messages;
  }

  /** Returns how many bytes are kept, as {@link #withBytes} counts them. */
  public long bytes() {
    return bytes;
  }

  /** Returns how old a message may become; in a compacted topic only deletions age. */
  public Duration age() {
    return age;
  }

  /** Returns how clients are treated that read too slowly. */
  public LagPolicy lagPolicy() {
    return lagPolicy;
  }

  /** Returns whether the topic is a table: see {@link #compactBy(Function)}. */
  public boolean isCompacted() {
    return compaction.isPresent();
  }

  /** Returns how many keys a compacted topic may have. */
  public int maxKeys() {
    return maxKeys;
  }

  /** Returns how old the newest message of a key may become; empty: any age. */
  public Optional<Duration> keyAge() {
    return keyAge;
  }

  /** Returns for how long a user may be away and stay present; empty: there is no presence. */
  public Optional<Duration> presence() {
    return presence;
  }

  Optional<Compaction> compaction() {
    return compaction;
  }

  Retention retention() {
    int keys = compaction.isPresent() ? maxKeys : 0;
    boolean ages = compaction.isPresent() && keyAge.isPresent();
    long keyAgeNanos = ages ? keyAge.get().toNanos() : 0;
    return new Retention(
        messages, bytes, age.toNanos(), keys, keyAgeNanos, lagPolicy == LagPolicy.CLOSE);
  }

  private List<Object> settings() {
    return List.of(messages, bytes, age, lagPolicy, compaction, maxKeys, keyAge, presence);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TopicOptions same && settings().equals(same.settings());
  }

  @Override
  public int hashCode() {
    return settings().hashCode();
  }

  /** Returns all settings with their names. */
  @Override
  public String toString() {
    return "TopicOptions[messages="
        + messages
        + ", bytes="
        + bytes
        + ", age="
        + age
        + ", lagPolicy="
        + lagPolicy
        + ", compacted="
        + compaction.isPresent()
        + ", maxKeys="
        + maxKeys
        + keyAge.map(time -> ", keyAge=" + time).orElse("")
        + presence.map(time -> ", presence=" + time).orElse("")
        + "]";
  }
}
