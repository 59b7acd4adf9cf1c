package io.github.signalhub.testkit;

import io.github.signalhub.spi.Handshake;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The state from which a client resumes (docs/protocol, "Resuming" and "Catch-up"). It holds the
 * client's topics, its resume point, and the topics whose catch-up is not over. Confined to the
 * test's thread.
 */
final class Bookmark {
  private final Set<String> topics = new LinkedHashSet<>();

  /** The topics that do not start at the resume point. Each one starts after its own id. */
  private final Map<String, String> starts = new LinkedHashMap<>();

  private Optional<String> point = Optional.empty();
  private Optional<String> catchingUp = Optional.empty();

  Bookmark() {}

  Bookmark(Bookmark other) {
    topics.addAll(other.topics);
    starts.putAll(other.starts);
    point = other.point;
  }

  void follow(String topic) {
    topics.add(topic);
  }

  void follow(String topic, String after) {
    topics.add(topic);
    starts.put(topic, after);
  }

  void startBehind(String id) {
    point = Optional.of(id);
  }

  Optional<String> point() {
    return point;
  }

  Set<String> topics() {
    return topics;
  }

  /** Asks for the messages that follow. */
  void ask(Handshake.Builder handshake) {
    topics.forEach(handshake::topic);
    starts.forEach(handshake::topic);
    point.ifPresent(handshake::after);
  }

  /** Ends the catch-up of the connection that ended. */
  void disconnected() {
    catchingUp = Optional.empty();
  }

  /**
   * Records a message.
   *
   * @return whether the client had it already
   */
  boolean read(Arrival arrival) {
    if (arrival.id().isPresent()) {
      return isRepeated(arrival.topic(), arrival.id().get());
    }
    switch (arrival.type()) {
      case "$hello" -> {
        point = arrival.text("id");
        starts.clear();
        arrival
            .member("catchUps")
            .ifPresent(
                ids -> ((Map<?, ?>) ids).forEach((t, id) -> starts.put((String) t, (String) id)));
      }
      case "$joined" -> {
        catchingUp = arrival.text("topic");
        topics.add(catchingUp.orElseThrow());
        starts.put(catchingUp.orElseThrow(), arrival.text("after").orElseThrow());
        point = arrival.text("upTo");
      }
      case "$left" -> {
        topics.remove(arrival.text("topic").orElseThrow());
        starts.remove(arrival.text("topic").orElseThrow());
      }
      case "$sync" -> {
        catchingUp.ifPresent(starts::remove);
        catchingUp = Optional.empty();
        moveTo(arrival.text("id").orElseThrow());
      }
      case "$gap" -> gap(arrival);
      default -> {}
    }
    return false;
  }

  private void gap(Arrival gap) {
    String next = gap.text("next").orElseThrow();
    if (point.equals(gap.text("after")) && isNotBehind(next, point.orElseThrow())) {
      point = Optional.empty(); // the hub never gave this resume point
    }
    boolean reset = gap.member("reset").equals(Optional.of(true));
    if (reset) { // until its state is there, the client has nothing of the topic
      starts.put(gap.text("topic").orElseThrow(), next.substring(0, 17) + "0".repeat(16));
    }
  }

  private boolean isRepeated(Optional<String> topic, String id) {
    if (topic.isPresent() && topic.equals(catchingUp)) {
      boolean repeated = isNotBehind(id, starts.get(topic.get()));
      starts.merge(topic.get(), id, (old, next) -> isNotBehind(next, old) ? old : next);
      return repeated;
    }
    boolean repeated = point.isPresent() && isNotBehind(id, point.get());
    moveTo(id);
    return repeated;
  }

  private void moveTo(String id) {
    if (point.isEmpty() || !isNotBehind(id, point.get())) {
      point = Optional.of(id);
    }
  }

  /** Returns whether an id equals another id or is an earlier one of the same epoch. */
  private static boolean isNotBehind(String id, String other) {
    return other != null
        && id.regionMatches(0, other, 0, 17)
        && id.length() == other.length()
        && id.compareTo(other) <= 0;
  }
}
