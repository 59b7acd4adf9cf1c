package io.github.signalhub;

import io.github.signalhub.json.Json;
import io.github.signalhub.json.JsonLimits;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message of a topic that the hub retains: what {@link TopicHistory} is made of. The text is read
 * when {@link #message} is called, each time anew. Immutable.
 */
public final class RetainedMessage {
  /** What the hub wrote it can read: its own limits hold, and no others. */
  private static final JsonLimits LIMITS =
      JsonLimits.DEFAULT.withMaxDepth(Integer.MAX_VALUE).withMaxLength(Integer.MAX_VALUE);

  private final String topic;
  private final String id;
  private final byte[] json;
  private final Payloads payloads;

  /**
   * Creates a message.
   *
   * @param json its text as clients see it; not modified any more
   */
  RetainedMessage(String topic, String id, byte[] json, Payloads payloads) {
    this.topic = topic;
    this.id = id;
    this.json = json;
    this.payloads = payloads;
  }

  /** Returns the topic's name. */
  public String topic() {
    return topic;
  }

  /** Returns the id, as {@link PublishResult#id} returned it. */
  public String id() {
    return id;
  }

  /**
   * Returns type and payload. The payload is what {@link Json#parse(byte[])} returns, and {@link
   * Message#payloadAs} turns it into an object of a class.
   *
   * @throws io.github.signalhub.json.JsonException if the payload was given as ready JSON text and
   *     has a number of more than 1,000 digits
   */
  public Message message() {
    Map<?, ?> read = (Map<?, ?>) Json.parse(json, LIMITS);
    return new Message((String) read.get("type"), read.get("payload"), payloads);
  }

  /** Returns whether the other one is the same message. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RetainedMessage same && id.equals(same.id) && topic.equals(same.topic);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /** Returns the topic and the id. The content may be secret. */
  @Override
  public String toString() {
    return "RetainedMessage " + topic + " " + id;
  }
}
