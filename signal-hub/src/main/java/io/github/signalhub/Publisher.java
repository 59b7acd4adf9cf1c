package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.MessageKey;
import io.github.signalhub.internal.logger.Episode;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.session.Session;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The way of a message into the log: it is encoded once, its size is checked, and it is appended.
 * Refusals are counted. When something is full, a warning tells of the first refusal of an {@link
 * Episode}. Thread-safe.
 */
final class Publisher {
  private final HubOptions options;
  private final boolean compacts;
  private final HubLog log;
  private final long epoch;
  private final Envelope envelope;
  private final LongAdder refused = new LongAdder();
  private final Map<PublishResult.Status, Episode> episodes =
      new EnumMap<>(PublishResult.Status.class); // not modified any more

  /**
   * Creates a publisher.
   *
   * @param epoch names the log in the ids of its messages
   */
  Publisher(HubOptions options, HubLog log, long epoch) {
    this.options = options;
    this.compacts = options.compacts();
    this.log = log;
    this.epoch = epoch;
    this.envelope = new Envelope(epoch);
    for (PublishResult.Status status : PublishResult.Status.values()) {
      episodes.put(status, new Episode(options.nanoClock()));
    }
  }

  /**
   * Publishes a message to a topic.
   *
   * @param shown the topic's name as peers see it; empty if they do not
   * @throws IllegalArgumentException as {@link Hub#publish(String, Message)}
   */
  PublishResult publish(String topic, Message message, Optional<String> shown) {
    byte[] json = envelope.encode(Objects.requireNonNull(message, "message"), shown);
    MessageKey key = compacts ? options.key(topic, message) : null;
    if (isTooLarge(topic, json, key)
        || key != null
            && !key.deletes()
            && HubLog.tableBytes(topic, json, key) > options.maxTableBytes()) {
      refused.increment();
      return PublishResult.TOO_LARGE;
    }
    long offset = log.append(topic, json, key);
    if (offset > 0) {
      return PublishResult.accepted(epoch, offset);
    }
    refused.increment();
    PublishResult result = PublishResult.refused(offset);
    warnIfFull(result.status(), topic);
    return result;
  }

  /**
   * Sends a message to one session.
   *
   * @throws IllegalArgumentException as {@link Client#send(Message)}
   */
  SendResult send(Session session, Message message) {
    byte[] json = envelope.encode(Objects.requireNonNull(message, "message"), Optional.empty());
    if (isTooLarge(Session.privateTopic(session.clientId()), json, null)) {
      refused.increment();
      return SendResult.TOO_LARGE;
    }
    if (session.isSealed()) {
      return SendResult.CLOSING;
    }
    long offset = session.send(json);
    if (offset > 0) {
      return SendResult.ACCEPTED;
    }
    refused.increment();
    if (offset == HubLog.OVERLOADED) {
      warnIfFull(PublishResult.Status.OVERLOADED, "");
      return SendResult.OVERLOADED;
    }
    return offset == HubLog.FULL ? SendResult.FULL : SendResult.UNKNOWN;
  }

  /** Returns how many messages were refused. */
  long refused() {
    return refused.sum();
  }

  private boolean isTooLarge(String topic, byte[] json, MessageKey key) {
    return json.length > options.maxMessageBytes()
        || HubLog.sizeBytes(topic, json, key) > options.maxLogBytes();
  }

  private void warnIfFull(PublishResult.Status status, String topic) {
    Optional<String> full = whatIsFull(status, topic);
    if (full.isPresent() && episodes.get(status).begins()) {
      HubLogger.HUB.log(
          Level.WARNING,
          "Messages are refused ({0}): {1}. The log has {2} of {3} bytes in {4} messages of {5}"
              + " topics; keys of compacted topics count {6} of {7} bytes",
          status,
          full.get(),
          log.bytes(),
          options.maxLogBytes(),
          log.size(),
          log.topicCount(),
          log.tableBytes(),
          options.maxTableBytes());
    }
  }

  /**
   * Returns what is full; empty if nothing is. Names no topic: clients may have chosen the name.
   */
  private Optional<String> whatIsFull(PublishResult.Status status, String topic) {
    return switch (status) {
      case OVERLOADED -> Optional.of("what clients have yet to be offered fills the log");
      case TABLES_FULL -> Optional.of("the budget of compacted topics is spent");
      case TOO_MANY_KEYS ->
          Optional.of("a compacted topic has all its " + options.maxKeys(topic) + " keys");
      case ACCEPTED, TOO_LARGE, CLOSED -> Optional.empty();
    };
  }
}
