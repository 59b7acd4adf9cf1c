package io.github.signalhub.testkit.model;

import io.github.signalhub.TopicOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The messages published since the hub was opened, the ones that may have left, and the tables. It
 * knows only the hub's limits, and uses only lists.
 */
final class Truth {
  private static final int OVERHEAD = 96;
  private static final int WIRE = 4;

  /** Stands for the topics of all clients, each of which has the states that it was sent. */
  static final String STATES = "$states";

  /** The most bytes that a row may count without its padding. */
  private static final int ROW = 1_500;

  /** The most bytes that a topic may count, a table or not. */
  private static final int TOPIC = 128 + 304 + 80;

  private final Setting setting;
  private final List<Sent> sent = new ArrayList<>();
  private final Map<String, Sent> newest = new HashMap<>(); // of each key
  private final Map<String, Map<String, Object>> tables = new HashMap<>();

  Truth(Setting setting) {
    this.setting = setting;
  }

  /** One message. Only messages of tables have a key. */
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

  /** Returns the rows of a table. */
  Map<String, Object> table(String topic) {
    return tables.computeIfAbsent(topic, t -> new TreeMap<>());
  }

  /** Removes all messages of a topic, unsent ones included. */
  void dropped(String topic) {
    forget(topic);
    sent.stream()
        .filter(message -> message.topic.equals(topic))
        .forEach(message -> message.mayBeGone = true);
  }

  /** Removes all keys, because they are too old. */
  void forgetKeys() {
    List.copyOf(tables.keySet()).forEach(this::forget);
  }

  private void forget(String topic) {
    table(topic).clear();
    newest.keySet().removeIf(name -> name.startsWith(topic + " ") && !name.endsWith(" null"));
  }

  /** Returns the most bytes that tables may count if one gets one more row. */
  long mostTableBytes(String topic, String key, int pad) {
    long most = 2L * ROW + 4L * pad;
    for (Map.Entry<String, Map<String, Object>> table : tables.entrySet()) {
      for (Object row : table.getValue().values()) {
        most += ROW + 4L * String.valueOf(row).length();
      }
    }
    return most;
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

  /** Records a message that did not fit, although older ones may have left for it. */
  void refused(Sent message) {
    look("", 2 * charge(message) + TOPIC);
  }

  /** Notes the messages that may have left by now. Rows of tables stay and need room. */
  private void look(String published, long extra) {
    TopicOptions options = setting.options(published);
    long all = extra + TOPIC * sent.stream().map(message -> message.topic).distinct().count();
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

  /** Returns the bytes charged for a message. A deletion is also charged for its key. */
  private static long charge(Sent message) {
    return message.bytes + OVERHEAD + (message.key == null ? 0 : 256 + 2L * message.key.length());
  }

  /** Returns whether a message between two ids, both exclusive, may have left by now. */
  boolean mayHaveLost(List<String> topics, String after, String next, long now) {
    return sent.stream()
        .filter(message -> topics.contains(message.topic))
        .filter(message -> message.id.compareTo(after) > 0 && message.id.compareTo(next) < 0)
        .anyMatch(
            message ->
                message.mayBeGone
                    || isOldKey(message, now)
                    || now - message.at > setting.options(message.topic).age().toNanos());
  }

  private boolean isOldKey(Sent message, long now) {
    return message.key != null
        && setting.options(message.topic).keyAge().stream()
            .anyMatch(age -> now - message.at > age.toNanos());
  }

  /** Returns how many messages may be retained after every topic got one more and was trimmed. */
  long most() {
    Map<String, Long> counts = new HashMap<>();
    sent.forEach(message -> counts.merge(message.topic, 1L, Long::sum));
    return counts.entrySet().stream()
        .mapToLong(
            topic ->
                (topic.getKey().equals(STATES)
                        ? topic.getValue()
                        : Math.min(topic.getValue(), setting.options(topic.getKey()).messages()))
                    + table(topic.getKey()).size())
        .sum();
  }
}
