package io.github.signalhub;

import io.github.signalhub.json.Json;
import io.github.signalhub.json.JsonException;
import java.util.Map;
import java.util.Optional;

/**
 * What a client sent, read. A {@code topic} or an {@code id} in it is left out: those are the hub's
 * to give. Immutable.
 *
 * @param type the {@code type}, not empty
 * @param payload the {@code payload}, or {@code null}
 * @param ref the {@code ref} as it stands in the text, or {@code null}; see {@link #isRef}
 */
record Incoming(String type, Object payload, Object ref) {
  /** The most characters (UTF-16 code units) of a {@code ref} that is a string. */
  static final int MAX_REF_CHARS = 64;

  /** Reads a text; empty if it is no object with a {@code type}. */
  static Optional<Incoming> parse(byte[] utf8) {
    Object value;
    try {
      value = Json.parse(utf8);
    } catch (JsonException e) {
      return Optional.empty(); // what it says may hold content, and nobody is to blame but the peer
    }
    if (value instanceof Map<?, ?> fields
        && fields.get("type") instanceof String type
        && !type.isEmpty()) {
      return Optional.of(new Incoming(type, fields.get("payload"), fields.get("ref")));
    }
    return Optional.empty();
  }

  /** Returns whether this is a control message, or means to be one. */
  boolean isControl() {
    return type.startsWith("$");
  }

  /** Returns whether a value can be a {@code ref}: a string of 1 to 64 characters or a long. */
  static boolean isRef(Object value) {
    return value instanceof Long
        || value instanceof String text && !text.isEmpty() && text.length() <= MAX_REF_CHARS;
  }
}
