package io.github.signalhub.testkit;

import io.github.signalhub.json.Json;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One text that a client received, parsed as docs/protocol says. Two are equal if time, connection
 * and text are, and both or none are repeated. Immutable.
 */
public final class Arrival {
  private final Duration at;
  private final int connection;
  private final String text;
  private final Map<?, ?> message;
  private final boolean repeated;

  private Arrival(Duration at, int connection, String text, Map<?, ?> message, boolean repeated) {
    this.at = at;
    this.connection = connection;
    this.text = text;
    this.message = message;
    this.repeated = repeated;
  }

  static Arrival parse(Duration at, int connection, String text) {
    return new Arrival(at, connection, text, (Map<?, ?>) Json.parse(text), false);
  }

  Arrival asRepeated() {
    return new Arrival(at, connection, text, message, true);
  }

  /** Returns the time of its arrival, since the network's beginning. */
  public Duration at() {
    return at;
  }

  /** Returns the number of the client's connection, counted from 1. */
  public int connection() {
    return connection;
  }

  /** Returns the message's type; control messages begin with {@code $}. */
  public String type() {
    return (String) message.get("type");
  }

  /** Returns its payload, as {@link Json#parse(String)} returns it; may be {@code null}. */
  public @Nullable Object payload() {
    return message.get("payload");
  }

  /**
   * Returns its topic; empty for broadcasts, for messages to a user or client, and for control
   * messages.
   */
  public Optional<String> topic() {
    return Optional.ofNullable((String) message.get("topic"));
  }

  /** Returns its id; empty for control messages. */
  public Optional<String> id() {
    return Optional.ofNullable((String) message.get("id"));
  }

  /** Returns whether the client had it already; always {@code false} with a correct hub. */
  public boolean repeated() {
    return repeated;
  }

  /** Returns the unchanged text. */
  public String text() {
    return text;
  }

  /** Returns whether this is a control message. */
  public boolean isControl() {
    return type().startsWith("$");
  }

  /** Returns a member of the payload; empty if it has none, or is no object. */
  public Optional<Object> member(String name) {
    Objects.requireNonNull(name, "name");
    return payload() instanceof Map<?, ?> members
        ? Optional.ofNullable(members.get(name))
        : Optional.empty();
  }

  /** Returns a member that the protocol defines as a string. */
  Optional<String> text(String name) {
    return member(name).map(String.class::cast);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Arrival same
        && at.equals(same.at)
        && connection == same.connection
        && text.equals(same.text)
        && repeated == same.repeated;
  }

  @Override
  public int hashCode() {
    return Objects.hash(at, connection, text, repeated);
  }

  /** Returns the time, the connection and the text. */
  @Override
  public String toString() {
    return "Arrival[at="
        + at
        + ", connection="
        + connection
        + (repeated ? ", repeated" : "")
        + ", text="
        + text
        + "]";
  }
}
