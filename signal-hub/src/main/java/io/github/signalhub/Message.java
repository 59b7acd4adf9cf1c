package io.github.signalhub;

import io.github.signalhub.json.Json;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message that is published, or that a client sent: a type and a payload. On the wire it is
 * {@code {"type":…,"payload":…}}. The hub adds the topic and the id that a client sees. Those that
 * a client sends are ignored.
 *
 * <p>The payload of a message to publish is a value of the types that {@link Json} lists: a record,
 * enum, map, collection, string, number, boolean, {@code null}, {@code Instant}, or ready JSON text
 * ({@link io.github.signalhub.json.RawJson}) for everything else. {@link HubBuilder#payloadCodec}
 * adds others. The payload of a message that a client sent is what {@link Json#parse(byte[])}
 * returns; {@link #payloadAs} turns it into an object of a class.
 *
 * <p>Browsers round integers beyond 2<sup>53</sup> − 1. Send such ids as text. Immutable if its
 * payload is.
 */
public final class Message {
  private final String type;
  private final @Nullable Object payload;
  private final Payloads payloads;

  Message(String type, Object payload, Payloads payloads) {
    this.type = Objects.requireNonNull(type, "type");
    this.payload = payload;
    this.payloads = payloads;
    if (type.isEmpty() || type.startsWith("$")) {
      throw new IllegalArgumentException(
          "expected a type that does not begin with $, was \"" + type + "\"");
    }
  }

  /**
   * Returns a message.
   *
   * @param type not empty, and not beginning with {@code $}, which marks control messages
   * @param payload the content; {@code null} is JSON's {@code null}
   * @throws IllegalArgumentException if the type is empty or begins with {@code $}
   */
  public static Message of(String type, @Nullable Object payload) {
    return new Message(type, payload, Payloads.BUILT_IN);
  }

  /** Returns the type. */
  public String type() {
    return type;
  }

  /** Returns the payload; may be {@code null}. */
  public @Nullable Object payload() {
    return payload;
  }

  /**
   * Returns the payload of a message that a client sent as an object of a class, by the rules of
   * {@link Json#convert} or by the {@linkplain HubBuilder#payloadCodec codec} of this class.
   *
   * @return the object, never {@code null}: that payload fits an {@code Optional} alone
   * @throws RefusedException with the code {@code invalid_payload} and the place, if the payload
   *     does not fit the class. A listener that lets it pass refuses the message
   * @throws IllegalArgumentException if the class cannot be read, as {@link Json#checkReadable}
   *     says
   */
  public <T> T payloadAs(Class<T> type) {
    return payloads.read(payload, type);
  }

  /** Returns whether the other one is a message of the same type with an equal payload. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Message message
        && message.type.equals(type)
        && Objects.equals(message.payload, payload);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, payload);
  }

  /** Returns the type and the payload. */
  @Override
  public String toString() {
    return "Message[type=" + type + ", payload=" + payload + "]";
  }
}
