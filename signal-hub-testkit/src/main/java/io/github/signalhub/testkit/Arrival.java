package io.github.signalhub.testkit;

import io.github.signalhub.json.Json;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One text that a client received, parsed as docs/protocol says. Immutable.
 *
 * @param at the time of its arrival, since the network's beginning
 * @param connection the number of the client's connection, counted from 1
 * @param type the message's type; control messages begin with {@code $}
 * @param payload its payload, as {@link Json#parse(String)} returns it; may be {@code null}
 * @param topic its topic; empty for broadcasts, for messages to a user or client, and for control
 *     messages
 * @param id its id; empty for control messages
 * @param repeated whether the client had it already; always {@code false} with a correct hub
 * @param text the unchanged text
 */
public record Arrival(
    Duration at,
    int connection,
    String type,
    Object payload,
    Optional<String> topic,
    Optional<String> id,
    boolean repeated,
    String text) {
  /** Checks that nothing but the payload is {@code null}. */
  public Arrival {
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(text, "text");
  }

  static Arrival parse(Duration at, int connection, String text) {
    Map<?, ?> message = (Map<?, ?>) Json.parse(text);
    return new Arrival(
        at,
        connection,
        (String) message.get("type"),
        message.get("payload"),
        Optional.ofNullable((String) message.get("topic")),
        Optional.ofNullable((String) message.get("id")),
        false,
        text);
  }

  Arrival asRepeated() {
    return new Arrival(at, connection, type, payload, topic, id, true, text);
  }

  /** Returns whether this is a control message. */
  public boolean isControl() {
    return type.startsWith("$");
  }

  /** Returns a member of the payload; empty if it has none, or is no object. */
  public Optional<Object> member(String name) {
    Objects.requireNonNull(name, "name");
    return payload instanceof Map<?, ?> members
        ? Optional.ofNullable(members.get(name))
        : Optional.empty();
  }

  /** Returns a member that the protocol defines as a string. */
  Optional<String> text(String name) {
    return member(name).map(String.class::cast);
  }
}
