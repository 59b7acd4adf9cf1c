package io.github.signalhub.testkit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** The published messages by topic; broadcasts have none. Confined to the test's thread. */
final class Publications {
  private final Map<String, NavigableMap<String, Published>> topics = new HashMap<>();
  private final Map<String, Map<String, String>> newestOfKey = new HashMap<>();
  private final Map<String, String> droppedUpTo = new HashMap<>();
  private final Map<String, Duration> keyAges = new HashMap<>();
  private final Map<String, Function<Arrival, Optional<String>>> states = new HashMap<>();

  private Optional<String> newest = Optional.empty();

  /**
   * A message.
   *
   * @param deletion whether it deletes its key
   * @param at the time of its publication
   * @param sender the client that it is not sent to
   */
  record Published(
      Optional<String> key, boolean deletion, Duration at, Optional<SimulatedClient> sender) {}

  /** Returns the id of the message that was added last. */
  Optional<String> newest() {
    return newest;
  }

  void add(String topic, String id, Published message) {
    newest = Optional.of(id);
    topics.computeIfAbsent(topic, t -> new TreeMap<>()).put(id, message);
    message
        .key()
        .ifPresent(key -> newestOfKey.computeIfAbsent(topic, t -> new HashMap<>()).put(key, id));
  }

  /** Records that a topic was dropped. */
  void drop(String topic) {
    if (topics.containsKey(topic)) {
      droppedUpTo.put(topic, topics.get(topic).lastKey());
    }
  }

  /** Records that keys of a topic expire at this age. */
  void age(String topic, Duration age) {
    keyAges.put(topic, age);
  }

  /** Records that clients that join a topic are sent a state first. */
  void states(String topic, Function<Arrival, Optional<String>> completeUpTo) {
    states.put(topic, completeUpTo);
  }

  /**
   * Returns the topics whose clients are sent a state first, with what a message is complete to.
   */
  Map<String, Function<Arrival, Optional<String>>> states() {
    return states;
  }

  /** Returns whether a client may miss a message if it started from the oldest entry then. */
  boolean mayMiss(String topic, String id, Published message, Duration knewNothing) {
    Duration keyAge = keyAges.get(topic);
    return message.at().compareTo(knewNothing) <= 0
        && (message.deletion()
            || message.key().isPresent() && droppedUpTo.getOrDefault(topic, "").compareTo(id) >= 0
            || message.key().isPresent()
                && keyAge != null
                && knewNothing.minus(message.at()).compareTo(keyAge) > 0);
  }

  boolean contains(String topic, String id) {
    return topics.containsKey(topic) && topics.get(topic).containsKey(id);
  }

  /** Returns a message that {@link #contains} finds. */
  Published get(String topic, String id) {
    return topics.get(topic).get(id);
  }

  boolean containsAnyOf(String epoch) {
    return topics.values().stream().anyMatch(ids -> !ids.subMap(epoch, epoch + "~").isEmpty());
  }

  /**
   * Returns the first message between two ids, both exclusive, that {@code owed} accepts and that
   * no newer message of its key supersedes.
   */
  Optional<String> first(
      String topic, String from, String to, BiPredicate<String, Published> owed) {
    NavigableMap<String, Published> messages = topics.get(topic);
    if (messages == null || from.compareTo(to) >= 0) {
      return Optional.empty();
    }
    return messages.subMap(from, false, to, false).entrySet().stream()
        .filter(message -> isNewest(topic, message.getKey(), message.getValue()))
        .filter(message -> owed.test(message.getKey(), message.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private boolean isNewest(String topic, String id, Published message) {
    return message.key().map(key -> newestOfKey.get(topic).get(key).equals(id)).orElse(true);
  }
}
