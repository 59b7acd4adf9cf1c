package io.github.signalhub;

import org.jspecify.annotations.Nullable;

/**
 * Writes payloads as JSON and reads them, in place of {@link io.github.signalhub.json.Json}. {@link
 * HubBuilder#payloadCodec} says for which classes. A program uses it to keep the annotations of
 * another JSON library.
 *
 * <p>The hub asks for the payload of a message only, not for values within other values. It calls
 * {@link #write} on the thread that publishes and {@link #read} where listeners run, so a slow
 * codec holds up nothing else. Implementations are thread-safe.
 */
public interface PayloadCodec {
  /**
   * Returns the JSON text of a payload.
   *
   * @param payload of a class that this codec was set for, never {@code null}
   * @return one JSON value. The hub checks it. Publishing another text, or {@code null}, ends with
   *     an {@link IllegalArgumentException}, and so does whatever this throws
   */
  String write(Object payload);

  /**
   * Reads a payload that a client sent.
   *
   * @param json one JSON value
   * @param type the class that the listener asked for
   * @return the object; {@code null} only for the text {@code null}
   * @throws RuntimeException if the value does not fit the class. The client is told {@code
   *     invalid_payload}, without the exception's message
   */
  <T> @Nullable T read(String json, Class<T> type);
}
