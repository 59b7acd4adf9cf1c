package io.github.signalhub.internal.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The topics of a log by their names, the expiry lists that they share, and the floors of dropped
 * topics. Guarded by the log's lock, except where stated.
 */
final class Topics {
  /** Maps of up to so many topics are not worth shrinking. */
  private static final int SHRINK_ABOVE = 1_024;

  private final Map<Retention, ExpiryList> expiryOf = new HashMap<>();

  /** The same; there are as many as options that differ, so few. */
  private final List<ExpiryList> expiryLists = new ArrayList<>();

  /** How many bytes the encoded wire forms of all entries take. */
  private final AtomicLong encodedBytes = new AtomicLong();

  private final DroppedFloors floors = new DroppedFloors();
  private final Topic broadcast;

  /** Read by any thread. A thread that misses a topic in it looks again under the lock. */
  private volatile Map<String, Topic> byName = new ConcurrentHashMap<>();

  /** How many the map has had at most. */
  private int most;

  /** Creates one topic, which stays whether it is used or not. */
  Topics(String broadcast, Retention retention) {
    this.broadcast = findOrCreate(broadcast, retention);
  }

  /** Returns a topic, or {@code null}. Any thread: one that is being created may be missed. */
  Topic find(String name) {
    return byName.get(name);
  }

  /** Returns how many there are. Any thread; a snapshot. */
  int count() {
    return byName.size();
  }

  /** Returns the names of all. Any thread; a snapshot. */
  Set<String> names() {
    return Set.copyOf(byName.keySet());
  }

  /** Returns all but the private ones. A snapshot. */
  List<Topic> all() {
    return List.copyOf(byName.values());
  }

  /** Has all topics that are created from now on start with a floor, at least. */
  void raiseFloors(long floor) {
    floors.raiseAll(floor);
  }

  /** Returns the expiry lists of all topics, the private ones included. */
  List<ExpiryList> expiryLists() {
    return expiryLists;
  }

  /** Returns how many bytes the encoded wire forms of all entries take. Any thread. */
  AtomicLong encodedBytes() {
    return encodedBytes;
  }

  Topic findOrCreate(String name, Retention retention) {
    Topic topic =
        byName.computeIfAbsent(
            name, key -> new Topic(key, expiry(retention), newLog(retention, floors.floor(key))));
    most = Math.max(most, byName.size());
    return topic;
  }

  /** Returns the floor of a topic, or the one that it would have if it existed. */
  long floor(String name) {
    Topic topic = find(name);
    return topic != null ? topic.log().floor() : floors.floor(name);
  }

  /** Returns a topic that is not to be found by its name. */
  Topic createPrivate(String name, Retention retention, LongSupplier written) {
    return new Topic.Private(name, expiry(retention), new RingLog(0), written);
  }

  /** Forgets a topic without entries and subscribers, all but a trace. */
  void dropIfUnused(Topic topic) {
    if (topic.links.length == 0
        && topic.log().size() == 0
        && !topic.isPrivate()
        && topic != broadcast) {
      topic.dropped = true;
      byName.remove(topic.name());
      floors.raise(topic.name(), topic.log().floor());
      if (most > SHRINK_ABOVE && byName.size() < most / 8) {
        byName = new ConcurrentHashMap<>(byName); // one that was large never gets smaller
        most = byName.size();
      }
    }
  }

  private static TopicLog newLog(Retention retention, long floor) {
    int maxKeys = retention.maxKeys();
    return maxKeys > 0 ? new CompactedLog(floor, maxKeys) : new RingLog(floor);
  }

  private ExpiryList expiry(Retention retention) {
    ExpiryList known = expiryOf.get(retention);
    if (known == null) {
      known = new ExpiryList(retention, encodedBytes);
      expiryOf.put(retention, known);
      expiryLists.add(known);
    }
    return known;
  }
}
