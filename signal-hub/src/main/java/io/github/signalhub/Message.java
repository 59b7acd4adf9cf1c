package io.github.signalhub;

import io.github.signalhub.json.Json;
import java.util.Objects;

/**
 * A message that is published, or that a client sends: a type and a payload. On the wire it is
 * {@code {"type":…,"payload":…}}. The hub adds the topic and the id that a peer sees. It ignores
 * those that a peer sends.
 *
 * <p>The payload of a message to publish is a value of the types that {@link Json} lists, such as a
 * record, map, collection, string or number. For everything else there is ready JSON text ({@link
 * io.github.signalhub.json.RawJson}). The payload of a message that a client sent is a value as
 * {@link Json#parse(byte[])} returns it. Immutable if its payload is.
 *
 * <p>Numbers in it that are ids beyond 2<sup>53</sup> − 1 arrive rounded in browsers. Send them as
 * text.
 *
 * @param type what the message says; not empty, and not beginning with {@code $}, which marks
 *     control messages
 * @param payload the content; may be {@code null}, which is JSON's {@code null}
 */
public record Message(String type, Object payload) {
  /**
   * Checks the type, and whether the payload can be read if it is a record.
   *
   * @throws IllegalArgumentException if the type is empty or begins with {@code $}, or if the
   *     payload is a record that {@link Json#check} refuses
   */
  public Message {
    Objects.requireNonNull(type, "type");
    if (type.isEmpty() || type.startsWith("$")) {
      throw new IllegalArgumentException(
          "expected a type that does not begin with $, was \"" + type + "\"");
    }
    if (payload instanceof Record record) {
      Json.check(record.getClass());
    }
  }

  /** Returns a message. */
  public static Message of(String type, Object payload) {
    return new Message(type, payload);
  }
}
