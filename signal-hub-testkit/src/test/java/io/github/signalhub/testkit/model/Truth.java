package io.github.signalhub.testkit.model;

import io.github.signalhub.TopicOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was published since the hub began, what of it may have left, and what is in the tables.
 * Knows nothing of the hub but its limits; lists alone.
 */
final class Truth {
  private static final int OVERHEAD = 96;
  private static final int WIRE = 4;

  private final Setting setting;
  private final List<Sent> sent = new ArrayList<>();
  private final Map<String, Sent> newest = new HashMap<>(); // of each key
  private final Map<String, Map<String, Object>> tables = new HashMap<>();

  Truth(Setting setting) {
    this.setting = setting;
  }

  /** One message; a key only in tables. */
  static final class Sent {
    final String topic;
    final String id;
    final String key;
    final boolean deletion;
    final long at;
    final int bytes;
    boolean mayBeGone;

    Sent(String topic, String id, String key, boolean deletion, long at, int bytes) {
      this.topic = topic;
      this.id = id;
      this.key = key;
      this.deletion = deletion;
      this.at = at;
      this.bytes = bytes;
    }
  }

  /** Returns what a table holds. */
  Map<String, Object> table(String topic) {
    return tables.computeIfAbsent(topic, t -> new TreeMap<>());
  }

  void published(Sent message, Object payload) {
    sent.add(message);
    if (message.key != null) {
      if (message.deletion) {
        table(message.topic).remove(message.key);
      } else {
        table(message.topic).put(message.key, payload);
      }
    }
    newest.put(message.topic + " " + message.key, message);
    look(message.topic, 0);
  }

  /** A message did not fit, but something may have made room for it. */
  void refused(Sent message) {
    look("", 2 * charge(message));
  }

  /** Notes what may have left by now. What tables hold does not, so that all else has less room. */
  private void look(String published, long extra) {
    TopicOptions options = setting.options(published);
    long all = extra;
    for (Sent message : newest.values()) {
      all += message.key == null ? 0 : 2 * charge(message) + WIRE;
    }
    long messages = 0;
    long bytes = 0;
    for (int i = sent.size() - 1; i >= 0; i--) {
      Sent message = sent.get(i);
      if (message.key != null && !message.deletion) {
        continue;
      }
      if (message.topic.equals(published)) {
        messages++;
        bytes += charge(message);
        message.mayBeGone |= messages > options.messages() || bytes > options.bytes();
      }
      all += message.key == null ? 2 * charge(message) + WIRE : 0;
      message.mayBeGone |= all > setting.maxLogBytes();
    }
  }

  /** A deletion is charged for its key too. */
  private static long charge(Sent message) {
    return message.bytes + OVERHEAD + (message.key == null ? 0 : 256 + 2L * message.key.length());
  }

  /**
   * Returns whether something of these topics between two ids, both exclusive, may have left by
   * now.
   */
  boolean mayHaveLost(List<String> topics, String after, String next, long now) {
    return sent.stream()
        .filter(message -> topics.contains(message.topic))
        .filter(message -> message.id.compareTo(after) > 0 && message.id.compareTo(next) < 0)
        .anyMatch(
            message ->
                message.mayBeGone
                    || now - message.at > setting.options(message.topic).age().toNanos());
  }

  /** Returns how many messages may be retained when every topic got one more and was trimmed. */
  long most() {
    Map<String, Long> counts = new HashMap<>();
    sent.forEach(message -> counts.merge(message.topic, 1L, Long::sum));
    return counts.entrySet().stream()
        .mapToLong(
            topic ->
                Math.min(topic.getValue(), setting.options(topic.getKey()).messages())
                    + table(topic.getKey()).size())
        .sum();
  }
}
