package io.github.signalhub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.signalhub.internal.counters.Counters;
import io.github.signalhub.internal.log.AppendResult;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.MessageKey;
import io.github.signalhub.internal.log.Sender;
import io.github.signalhub.internal.logger.Episode;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.node.Node;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.json.Json;
import io.github.signalhub.spi.Backbone;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The way of a message into the log, and back to the application: it is encoded once, its size is
 * checked, and it is appended. Refusals are counted. When something is full, or a message too
 * large, a warning tells of the first refusal of an {@link Episode}. Thread-safe.
 */
final class Publisher {
  private static final byte[] TYPE = "{\"type\":".getBytes(US_ASCII);
  private static final byte[] PAYLOAD = ",\"payload\":".getBytes(US_ASCII);
  private static final byte[] TOPIC = ",\"topic\":".getBytes(US_ASCII);

  /** The time without a refusal after which the hub is overloaded no more. */
  private static final Duration OVERLOAD_QUIET = Duration.ofSeconds(10);

  private final HubOptions options;
  private final boolean compacts;
  private final HubLog log;

  /** Gives the messages their offsets; {@code null}: the log does. */
  private final Node node;

  /**
   * The end of each text. The log writes the offset's digits into it. With other nodes, the id
   * comes later.
   */
  private final byte[] end;

  /** How many bytes the id adds later. */
  private final int laterBytes;

  private volatile boolean closed; // with other nodes; else the log is

  private final Episode overload;
  private final Counters<PublishResult.Status> refused = Counters.of(PublishResult.Status.class);
  private final Map<PublishResult.Status, Episode> episodes =
      new EnumMap<>(PublishResult.Status.class); // not modified any more

  /**
   * Creates a publisher.
   *
   * @param node this node of several; {@code null}: the hub is alone
   */
  Publisher(HubOptions options, HubLog log, Node node) {
    this.options = options;
    this.compacts = options.compacts();
    this.log = log;
    this.node = node;
    byte[] id = (",\"id\":\"" + log.id(0) + "\"}").getBytes(US_ASCII);
    this.end = node == null ? id : "}".getBytes(US_ASCII);
    this.laterBytes = id.length - end.length;
    this.overload = new Episode(options.nanoClock, OVERLOAD_QUIET);
    for (PublishResult.Status status : PublishResult.Status.values()) {
      episodes.put(status, new Episode(options.nanoClock));
    }
  }

  /**
   * Publishes a message to a topic.
   *
   * @param shown the topic's name as peers see it; empty if they do not
   * @throws IllegalArgumentException as {@link HubTopic#publish(Message)}
   */
  PublishResult publish(String topic, Message message, Optional<String> shown) {
    return publish(topic, message, shown, null);
  }

  /**
   * Publishes a message to all clients of a topic but one. A client that was told to forget a table
   * is sent its own rows, too.
   *
   * @param shown as above
   * @param sender the client; {@code null}: none
   * @throws IllegalArgumentException as above, or if the sender is a client of another hub
   */
  PublishResult publish(String topic, Message message, Optional<String> shown, Client sender) {
    Sender self = sender == null ? null : sender.senderTo(this);
    if (self != null) {
      log.expectSenders(); // it knows the message, also if it is sent it like everyone else
    }
    byte[] json = encode(message, shown);
    MessageKey key = compacts ? options.key(topic, message) : null;
    if (node != null) {
      // A node cannot tell the others in time that a client forgot a table, so it gets all rows.
      return handOver(topic, json, key, key == null ? self : null);
    } else if (self == null || key == null) {
      return append(topic, json, key, self);
    }
    boolean forgot = sender.hasForgotten(topic);
    PublishResult result = append(topic, json, key, forgot ? null : self);
    if (!forgot && result.isAccepted() && sender.hasForgotten(topic)) {
      log.sendToSender(topic, result.offset()); // its loop may have looked before the row was there
    }
    return result;
  }

  private PublishResult append(String topic, byte[] json, MessageKey key, Sender sender) {
    if (isTooLarge(topic, json, key, sender)) {
      return tooLarge(json);
    }
    AppendResult result = log.append(topic, json, key, sender);
    return result.isAppended()
        ? PublishResult.accepted(log.epoch(), result.offset())
        : refused(result.outcome(), topic);
  }

  private PublishResult refused(AppendResult.Outcome outcome, String topic) {
    return switch (outcome) {
      case OVERLOADED -> refused(PublishResult.Status.OVERLOADED, topic);
      case TOO_MANY_KEYS -> refused(PublishResult.Status.TOO_MANY_KEYS, topic);
      case TABLES_FULL -> refused(PublishResult.Status.TABLES_FULL, topic);
      case APPENDED, FULL, CLOSED ->
          refused(PublishResult.Status.CLOSED, topic); // FULL: private topics alone
    };
  }

  /** Has a message placed among those of all nodes. */
  private PublishResult handOver(String topic, byte[] json, MessageKey key, Sender sender) {
    if (isTooLarge(topic, json, key, sender)) {
      return tooLarge(json);
    }
    AppendResult.Outcome refusal = key == null ? null : log.refusesRow(topic, json, key);
    if (refusal != null) {
      return refused(refusal, topic);
    }
    return handOver(topic, json, key, sender, settled -> {});
  }

  private PublishResult handOver(
      String topic,
      byte[] json,
      MessageKey key,
      Sender sender,
      Consumer<? super Backbone.Settled> first) {
    if (closed) {
      return refused(PublishResult.Status.CLOSED, topic);
    }
    CompletableFuture<PublishResult> outcome = new CompletableFuture<>();
    boolean taken =
        node.publish(
            topic,
            json,
            key,
            sender,
            settled -> {
              first.accept(settled);
              outcome.complete(outcome(settled));
            });
    return taken ? PublishResult.pending(outcome) : refused(PublishResult.Status.OVERLOADED, topic);
  }

  private PublishResult outcome(Backbone.Settled settled) {
    if (settled instanceof Backbone.At at) {
      return PublishResult.accepted(at.epoch(), at.offset());
    }
    PublishResult.Status status =
        settled instanceof Backbone.Unavailable
            ? PublishResult.Status.UNAVAILABLE
            : PublishResult.Status.UNCONFIRMED;
    refused.count(status);
    if (episodes.get(status).begins()) {
      HubLogger.HUB.log(
          Level.WARNING,
          "Messages were handed over and did not come back ({0}): the engine of the nodes cannot"
              + " be reached, or was lost",
          status);
    }
    return PublishResult.refused(status);
  }

  /** Removes all messages of a topic; see {@link HubTopic#clear}. */
  boolean clear(String topic) {
    if (node == null) {
      return log.drop(topic);
    }
    boolean any = log.find(topic).map(there -> there.log().size() > 0).orElse(false);
    return !closed && node.clear(topic) && any;
  }

  /** Has all other nodes do something. Does nothing if the hub is alone. */
  void tellOthers(String... command) {
    if (node != null && !closed) {
      node.tellOthers(List.of(command));
    }
  }

  /** Refuses all further messages. */
  void close() {
    closed = true;
  }

  private PublishResult refused(PublishResult.Status status, String topic) {
    refused.count(status);
    if (status == PublishResult.Status.OVERLOADED) {
      overload.begins();
    }
    warnIfFull(status, topic);
    return PublishResult.refused(status);
  }

  private PublishResult tooLarge(byte[] json) {
    refused.count(PublishResult.Status.TOO_LARGE);
    if (episodes.get(PublishResult.Status.TOO_LARGE).begins()) {
      HubLogger.HUB.log(
          Level.WARNING,
          "Messages are refused (TOO_LARGE): one has {0} bytes. A message may have {1} bytes, the"
              + " log {2}, and the keys of compacted topics {3}",
          json.length,
          options.maxPublishedBytes,
          options.maxLogBytes,
          options.maxTableBytes);
    }
    return PublishResult.refused(PublishResult.Status.TOO_LARGE);
  }

  /**
   * Sends a message to one session.
   *
   * @throws IllegalArgumentException as {@link Client#send(Message)}
   */
  PublishResult send(Session session, Message message) {
    byte[] json = encode(message, Optional.empty());
    if (isTooLarge(Session.privateTopic(session.clientId()), json, null, null)) {
      return tooLarge(json);
    }
    if (session.isSealed()) {
      return PublishResult.refused(PublishResult.Status.CLIENT_CLOSING);
    }
    AppendResult result =
        node == null ? session.send(json) : new AppendResult(session.beginSend(json.length), 0);
    return switch (result.outcome()) {
      case APPENDED ->
          node == null
              ? PublishResult.accepted(log.epoch(), result.offset())
              : handOver(session, json);
      case OVERLOADED -> refused(PublishResult.Status.OVERLOADED, "");
      case FULL -> refused(PublishResult.Status.CLIENT_FULL, "");
      default -> refused(PublishResult.Status.NO_SUCH_CLIENT, ""); // a session has no table
    };
  }

  private PublishResult handOver(Session session, byte[] json) {
    PublishResult result =
        handOver(
            Session.privateTopic(session.clientId()),
            json,
            null,
            null,
            settled -> session.endSend(json.length, settled instanceof Backbone.At));
    if (!result.isAccepted()) {
      session.endSend(json.length, false);
    }
    return result;
  }

  /**
   * Sends a message to a client of another node.
   *
   * @throws IllegalArgumentException as {@link Client#send(Message)}
   */
  PublishResult sendElsewhere(String clientId, Message message) {
    return handOver(Session.privateTopic(clientId), encode(message, Optional.empty()), null, null);
  }

  /**
   * Returns a message's text with a place for its offset at the end.
   *
   * @param shown the topic's name as peers see it; empty if they do not
   * @throws IllegalArgumentException if the payload cannot be written as JSON
   */
  private byte[] encode(Message message, Optional<String> shown) {
    Objects.requireNonNull(message, "message");
    byte[] type = Json.writeBytes(message.type());
    byte[] payload = options.payloads.write(message.payload());
    byte[] topic = shown.map(Json::writeBytes).orElse(null);
    int topicBytes = topic == null ? 0 : TOPIC.length + topic.length;
    int typeBytes = TYPE.length + type.length;
    byte[] json = new byte[typeBytes + PAYLOAD.length + payload.length + topicBytes + end.length];
    int at = copy(TYPE, json, 0);
    at = copy(type, json, at);
    at = copy(PAYLOAD, json, at);
    at = copy(payload, json, at);
    if (topic != null) {
      at = copy(TOPIC, json, at);
      at = copy(topic, json, at);
    }
    copy(end, json, at);
    return json;
  }

  private static int copy(byte[] bytes, byte[] into, int at) {
    System.arraycopy(bytes, 0, into, at, bytes.length);
    return at + bytes.length;
  }

  /** Returns the messages that a topic retains, to be read. */
  TopicHistory.Source retained(String topic) {
    return new TopicHistory.Source(topic, log, options.payloads);
  }

  /** Returns how many messages were refused. */
  long refused() {
    return refused.sum();
  }

  /** Returns how many messages were refused with a status. */
  long refused(PublishResult.Status status) {
    return refused.of(status);
  }

  /** Returns {@link Hub#overloadedFor}. */
  Duration overloadedFor() {
    return overload.lasting();
  }

  private boolean isTooLarge(String topic, byte[] json, MessageKey key, Sender sender) {
    return json.length + laterBytes > options.maxPublishedBytes
        || HubLog.sizeBytes(topic, json, key, sender) + laterBytes > options.maxLogBytes
        || key != null
            && !key.deletes()
            && HubLog.tableBytes(topic, json, key, sender) > options.maxTableBytes;
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
          options.maxLogBytes,
          log.size(),
          log.topicCount(),
          log.tableBytes(),
          options.maxTableBytes);
    }
  }

  /**
   * Returns a text that says which limit is reached; empty if none is. It names no topic, because
   * clients may have chosen the name.
   */
  private Optional<String> whatIsFull(PublishResult.Status status, String topic) {
    return switch (status) {
      case OVERLOADED ->
          Optional.of(
              node == null
                  ? "messages that were not offered to all clients yet fill the log"
                  : "too many messages wait for the engine of the nodes");
      case TABLES_FULL -> Optional.of("the budget of compacted topics is spent");
      case TOO_MANY_KEYS ->
          Optional.of("a compacted topic has all its " + options.maxKeys(topic) + " keys");
      case ACCEPTED,
          PENDING,
          TOO_LARGE,
          UNAVAILABLE,
          UNCONFIRMED,
          CLOSED,
          NO_SUCH_CLIENT,
          CLIENT_CLOSING,
          CLIENT_FULL ->
          Optional.empty();
    };
  }
}
