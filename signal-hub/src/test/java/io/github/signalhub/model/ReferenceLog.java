package io.github.signalhub.model;

import io.github.signalhub.HubStats;
import io.github.signalhub.TopicOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All messages since the hub was opened, in order, and the ones that may have left. A message may
 * leave when a limit is passed, but never before a client that reads has got it.
 */
final class ReferenceLog {
  static final String BROADCAST = "$broadcast";
  private static final String PRIVATE = "$client:";
  private static final int OVERHEAD = 96;
  private static final int TOPIC_OVERHEAD = 128;
  private static final int FRAME_HEAD = 4;

  final String epoch;
  final List<ReferenceClient> clients = new ArrayList<>();

  private final Setup setup;
  private final List<Sent> sent = new ArrayList<>();

  /** The newest message when no task was left. All clients were offered everything up to it. */
  private long settled;

  ReferenceLog(Setup setup, String epoch) {
    this.setup = setup;
    this.epoch = epoch;
  }

  /** One message. {@code from} and {@code to} are the times before and after its publication. */
  static final class Sent {
    final long offset;
    final String topic;
    final String text;
    final Optional<Sender> sender;
    final boolean wanted;
    final long from;
    final long to;
    boolean mayBeGone;
    boolean isGone;
    boolean isDropped;

    Sent(
        long offset,
        String topic,
        String text,
        Optional<Sender> sender,
        boolean wanted,
        long from,
        long to) {
      this.offset = offset;
      this.topic = topic;
      this.text = text;
      this.sender = sender;
      this.wanted = wanted;
      this.from = from;
      this.to = to;
    }

    int bytes() {
      return text.length() + OVERHEAD + sender.map(Sender::bytes).orElse(0);
    }
  }

  /** The client that a message is not sent to, and the bytes that this counts. */
  record Sender(String clientId, int bytes) {}

  static boolean isPrivate(String topic) {
    return topic.startsWith(PRIVATE);
  }

  static String privateTopic(String clientId) {
    return PRIVATE + clientId;
  }

  long horizon() {
    return sent.size();
  }

  Sent at(long offset) {
    require(offset >= 1 && offset <= horizon(), "an id is one that was assigned: " + offset);
    return sent.get((int) offset - 1);
  }

  String id(long offset) {
    return epoch + "-" + "%016d".formatted(offset);
  }

  /** Returns the offset of an id of this hub, or -1. */
  long offset(String id) {
    return id.matches("[0-9a-f]{16}-[0-9]{16}") && id.startsWith(epoch)
        ? Long.parseLong(id.substring(17))
        : -1;
  }

  /** Returns the text that a message must have if it is published now. */
  String textOf(String topic, String payload) {
    String shown = topic.startsWith("$") ? "" : ",\"topic\":\"" + topic + "\"";
    return "{\"type\":\"N\",\"payload\":\""
        + payload
        + "\""
        + shown
        + ",\"id\":\""
        + id(horizon() + 1)
        + "\"}";
  }

  void accepted(
      String topic, String text, Optional<Sender> sender, long from, long to, HubStats stats) {
    boolean wanted = openClients().stream().anyMatch(client -> client.mayHold(topic));
    sent.add(new Sent(horizon() + 1, topic, text, sender, wanted, from, to));
    require(stats.retainedBytes() <= setup.maxLogBytes(), "the log stays within its limit");
    limitsPassed(topic, 0, from, to);
  }

  void tooLarge(String topic, String text, int ofSender) {
    require(
        text.length() + OVERHEAD + ofSender + ofTopic(topic) > setup.maxLogBytes(),
        "a TOO_LARGE message exceeds the limit");
  }

  void overloaded(String topic, String text, int ofSender, long to) {
    Set<String> counted = new HashSet<>(Set.of(topic));
    long needed = text.length() + OVERHEAD + ofSender + ofTopic(topic);
    boolean protects = false;
    if (!openClients().isEmpty()) {
      for (long offset = settled + 1; offset <= horizon(); offset++) {
        protects |= at(offset).wanted;
        if (protects) {
          needed += mostBytes(at(offset));
          needed += counted.add(at(offset).topic) ? ofTopic(at(offset).topic) : 0;
        }
      }
    }
    require(
        needed > setup.maxLogBytes(),
        "OVERLOADED only while messages that are not offered fill the log: " + needed);
    limitsPassed("", text.length() + OVERHEAD + ofSender + ofTopic(topic), to, to);
  }

  /** Notes the messages that may have left because a publication checked all ages. */
  void looked(long now) {
    limitsPassed("", 0, now, now);
  }

  /** Notes the messages that may have left because a limit is passed now. */
  private void limitsPassed(String published, long extraBytes, long from, long now) {
    TopicOptions options = options(published);
    long allBytes = extraBytes;
    Set<String> counted = new HashSet<>();
    long messages = 0;
    long bytes = 0;
    for (int i = sent.size() - 1; i >= 0; i--) {
      Sent message = sent.get(i);
      allBytes += mostBytes(message) + (counted.add(message.topic) ? ofTopic(message.topic) : 0);
      boolean passed = allBytes > setup.maxLogBytes() || isTooOld(message, now - message.from);
      if (message.topic.equals(published) && !isPrivate(published)) {
        messages++;
        bytes += message.bytes();
        boolean beyond = messages > options.messages() || bytes > options.bytes();
        passed |= beyond && now - message.from >= setup.grace().toNanos();
        message.isGone |=
            beyond && message.offset <= settled && from - message.to >= setup.grace().toNanos();
      }
      if (passed && !message.mayBeGone && !isNeeded(message)) {
        message.mayBeGone = true;
      }
    }
  }

  /** Notes that all messages of a topic leave now, unsent ones included. */
  void dropping(String topic) {
    for (Sent message : sent) {
      if (message.topic.equals(topic) && !message.isGone) {
        message.isDropped = !message.mayBeGone;
        message.mayBeGone = true;
        message.isGone = true;
      }
    }
  }

  /** Notes the messages that may have left because a new client checks the age of these topics. */
  void looked(ReferenceClient client, long now) {
    for (Sent message : sent) {
      if (client.follows(message.topic)
          && isTooOld(message, now - message.from)
          && !isNeeded(message)) {
        message.mayBeGone = true;
      }
    }
  }

  /** Returns the newest message of a topic that has certainly left, or 0. */
  long gone(String topic) {
    return sent.stream()
        .filter(message -> message.isGone && message.topic.equals(topic))
        .mapToLong(message -> message.offset)
        .max()
        .orElse(0);
  }

  /** Returns the newest message of a topic that no new client may get any more, or 0. */
  long expired(String topic, long now) {
    long expired = 0;
    for (int i = 0; i < settled; i++) {
      Sent message = sent.get(i);
      if (message.topic.equals(topic) && isTooOld(message, now - message.to)) {
        expired = message.offset;
      }
    }
    return expired;
  }

  /** Checks the hub's state when no task is left. */
  void settled(HubStats stats) {
    settled = horizon();
    openClients().forEach(ReferenceClient::settled);
    long least = 0;
    long most = 0;
    for (Sent message : sent) {
      boolean open = clientOf(message.topic);
      most += open ? 1 : 0;
      least += open && !isPrivate(message.topic) && !message.mayBeGone ? 1 : 0;
    }
    require(
        stats.retainedMessages() >= least,
        "messages within the limits are retained: " + stats.retainedMessages() + " of " + least);
    require(stats.retainedMessages() <= most, "messages to a client leave with it");
    require(stats.clients() == openClients().size(), "the hub's clients are the connected ones");
  }

  /** Checks the limits after all reads, the grace, and one more message to each topic. */
  void trimmed(HubStats stats, List<String> topics) {
    long most = 0;
    for (String topic : topics) {
      long count = sent.stream().filter(message -> message.topic.equals(topic)).count();
      most += Math.min(count, options(topic).messages());
    }
    require(
        stats.retainedMessages() <= most,
        "topics keep their limits: " + stats.retainedMessages() + " instead of " + most);
  }

  /** Checks that no message is older than every topic allows. */
  void aged(HubStats stats, int publishedSince) {
    require(
        stats.retainedMessages() <= publishedSince,
        "expired messages leave at the next publication: " + stats.retainedMessages());
  }

  private boolean clientOf(String topic) {
    return !isPrivate(topic) || openClients().stream().anyMatch(client -> client.follows(topic));
  }

  private boolean isTooOld(Sent message, long age) {
    return age > options(message.topic).age().toNanos();
  }

  private boolean isNeeded(Sent message) {
    return clients.stream().anyMatch(client -> client.needs(message));
  }

  /** Returns the bytes of a message with all its wire forms. */
  private long mostBytes(Sent message) {
    long bytes = message.bytes();
    for (int form = 0; form < setup.forms(); form++) {
      bytes += FRAME_HEAD + message.text.length() + World.padding(form).length;
    }
    return bytes;
  }

  /** Returns the bytes of a topic with messages. All names are ASCII. */
  private static long ofTopic(String topic) {
    return TOPIC_OVERHEAD + topic.length();
  }

  private TopicOptions options(String topic) {
    return topic.equals(BROADCAST)
        ? setup.broadcasts()
        : topic.startsWith("$") ? setup.userOptions() : setup.topicOptions();
  }

  private List<ReferenceClient> openClients() {
    return clients.stream().filter(ReferenceClient::isOpen).toList();
  }

  static void require(boolean holds, String rule) {
    if (!holds) {
      throw new Violation(rule);
    }
  }
}
