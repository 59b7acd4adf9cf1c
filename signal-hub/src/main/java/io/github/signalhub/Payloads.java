package io.github.signalhub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.json.Json;
import io.github.signalhub.json.JsonTypeException;
import io.github.signalhub.json.RawJson;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How the payloads of a hub become JSON and Java objects: by {@link Json}, or by the codec that the
 * application set for a class. Thread-safe if the codec is.
 */
final class Payloads {
  private static final String INVALID_PAYLOAD = "invalid_payload";

  /** Of a hub without a codec. */
  static final Payloads BUILT_IN = new Payloads(Optional.empty(), type -> false);

  private final Optional<PayloadCodec> codec;
  private final Predicate<? super Class<?>> types;

  /**
   * Creates a set of rules.
   *
   * @param codec takes over for some classes
   * @param types tells which classes they are
   */
  Payloads(Optional<PayloadCodec> codec, Predicate<? super Class<?>> types) {
    this.codec = codec;
    this.types = types;
  }

  /**
   * Returns the JSON text of a payload.
   *
   * @throws IllegalArgumentException if it has none
   */
  byte[] write(Object payload) {
    if (payload == null || payload instanceof RawJson || !isOfCodec(payload.getClass())) {
      return Json.writeBytes(payload);
    }
    String type = payload.getClass().getName();
    try {
      return Json.writeBytes(RawJson.of(codec.get().write(payload)));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "expected a codec that writes " + type + " as JSON, was one that fails", e);
    }
  }

  /**
   * Reads a payload as an object of a class; {@code null} fits an {@code Optional} alone.
   *
   * @param payload as {@link Json#parse(byte[])} returned it
   * @throws RefusedException if it does not fit
   * @throws IllegalArgumentException if the class cannot be read
   */
  <T> T read(Object payload, Class<T> type) {
    T read = convert(payload, type);
    if (read == null) {
      throw invalid("expected a payload, was null at $", null);
    }
    return read;
  }

  private <T> T convert(Object payload, Class<T> type) {
    if (!isOfCodec(type)) {
      try {
        return Json.convert(payload, type);
      } catch (JsonTypeException e) {
        throw invalid(e.getMessage(), e);
      }
    }
    String json = Json.write(payload);
    try {
      return codec.get().read(json, type);
    } catch (RuntimeException e) {
      throw invalid("expected a payload that is a " + type.getSimpleName(), e);
    }
  }

  /** Returns a refusal whose reason fits {@code $error}. The client never gets the cause. */
  private static RefusedException invalid(String reason, Exception cause) {
    int end = Math.min(reason.length(), RefusedException.MAX_REASON_BYTES);
    while (reason.substring(0, end).getBytes(UTF_8).length > RefusedException.MAX_REASON_BYTES
        || end > 0 && Character.isHighSurrogate(reason.charAt(end - 1))) {
      end--;
    }
    return new RefusedException(INVALID_PAYLOAD, reason.substring(0, end), cause);
  }

  /**
   * Checks that objects of a class can be read.
   *
   * @throws IllegalArgumentException if they cannot
   */
  void checkReadable(Class<?> type) {
    if (!isOfCodec(type)) {
      Json.checkReadable(type);
    }
  }

  private boolean isOfCodec(Class<?> type) {
    return codec.isPresent() && types.test(Objects.requireNonNull(type, "type"));
  }
}
