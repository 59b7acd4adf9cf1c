package io.github.signalhub.spi;

/**
 * A way to turn a message's JSON text into the bytes of one kind of link, such as a WebSocket frame
 * or the text itself.
 *
 * <p>The hub encodes a message at most once per form and shares the result among all links that
 * have it. Forms are compared by identity, so a transport keeps one instance per kind.
 * Implementations are thread-safe and do no I/O.
 */
@FunctionalInterface
public interface WireForm {
  /** The JSON text itself, for links that do their own framing. */
  WireForm TEXT = json -> json;

  /**
   * Encodes a message as one frame.
   *
   * @param json the message's JSON text in UTF-8; shared, not to be modified
   * @return the frame's bytes, not to be modified afterwards; may be {@code json} itself
   */
  byte[] encode(byte[] json);

  /**
   * Returns whether encoding this message takes longer than an event loop should be busy with it,
   * about a millisecond: {@code false} by default. The hub encodes such a message on another
   * thread, once for all links of this form. When that is done, they get the message and those
   * after it.
   *
   * @param json as for {@link #encode}
   */
  default boolean isSlow(byte[] json) {
    return false;
  }

  /**
   * Encodes a message as one frame in a way that is never slow. Event loops call it, and it
   * replaces an {@link #encode} that failed, or that too many others are before. By default it does
   * as {@link #encode}.
   *
   * @param json as for {@link #encode}
   * @return as from {@link #encode}
   */
  default byte[] encodeQuickly(byte[] json) {
    return encode(json);
  }
}
