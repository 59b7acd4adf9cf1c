package io.github.signalhub;

import java.util.Objects;

/**
 * What is published, and what a client sends: a type and a payload. On the wire {@code
 * {"type":…,"payload":…}}; the topic and the id that a peer sees are added by the hub, and those
 * that a peer sends are ignored.
 *
 * <p>The payload of a message to publish is anything that {@link
 * io.github.signalhub.json.Json#write} accepts: a record, enum, map, list, string, number, boolean,
 * {@code null}, {@code Instant} or ready JSON text ({@link io.github.signalhub.json.RawJson}). The
 * payload of a message that a client sent is what {@link
 * io.github.signalhub.json.Json#parse(byte[])} returns. Immutable if its payload is.
 *
 * @param type what the message says; not empty, and not beginning with {@code $}, which marks
 *     control messages
 * @param payload the content; may be {@code null}, which is JSON's {@code null}
 */
public record Message(String type, Object payload) {
  /**
   * Checks the type.
   *
   * @throws IllegalArgumentException if the type is empty or begins with {@code $}
   */
  public Message {
    Objects.requireNonNull(type, "type");
    if (type.isEmpty() || type.startsWith("$")) {
      throw new IllegalArgumentException(
          "expected a type that does not begin with $, was \"" + type + "\"");
    }
  }

  /** Returns a message. */
  public static Message of(String type, Object payload) {
    return new Message(type, payload);
  }
}
