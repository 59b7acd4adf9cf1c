package io.github.signalhub.memory;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How one link of a {@link MemoryTransport} behaves. Transports differ in how they take from the
 * hub, and a test may want to see that none of it matters. Immutable.
 *
 * @param loop on which loop the link lives, from 0; empty: the next in turn
 * @param wireForm how messages become bytes: {@link #FRAMES}, or a form that calls it
 * @param bufferBytes how many bytes are taken at once, at least 1
 * @param wholeFrames whether frames are taken one by one, as platforms do that take whole messages
 * @param takesAhead whether the link takes although it cannot accept anything now
 * @param readableBytes how many bytes the client reads at first; {@link Long#MAX_VALUE}: all
 * @param listener is told what happens; empty: {@link MemoryLink#received} collects the texts
 */
public record LinkOptions(
    OptionalInt loop,
    WireForm wireForm,
    int bufferBytes,
    boolean wholeFrames,
    boolean takesAhead,
    long readableBytes,
    Optional<Listener> listener) {
  /** Frames are a length of four bytes and the text, so a mixture of two does not go unnoticed. */
  public static final WireForm FRAMES =
      json -> ByteBuffer.allocate(4 + json.length).putInt(json.length).put(json).array();

  /** A link that reads everything, 4 KiB at a time, on the next loop in turn. */
  public static final LinkOptions DEFAULT =
      new LinkOptions(
          OptionalInt.empty(), FRAMES, 1 << 12, false, false, Long.MAX_VALUE, Optional.empty());

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if the buffer has no room, or fewer than 0 bytes are readable
   */
  public LinkOptions {
    Objects.requireNonNull(loop, "loop");
    Objects.requireNonNull(wireForm, "wireForm");
    Objects.requireNonNull(listener, "listener");
    if (bufferBytes < 1 || readableBytes < 0) {
      throw new IllegalArgumentException(
          "expected a buffer of at least 1 byte and at least 0 readable bytes, was "
              + bufferBytes
              + " and "
              + readableBytes);
    }
  }

  /** Returns these options with a listener. */
  public LinkOptions withListener(Listener listener) {
    return new LinkOptions(
        loop,
        wireForm,
        bufferBytes,
        wholeFrames,
        takesAhead,
        readableBytes,
        Optional.of(Objects.requireNonNull(listener, "listener")));
  }

  /** Returns these options with so many bytes that the client reads at first. */
  public LinkOptions withReadableBytes(long readableBytes) {
    return new LinkOptions(
        loop, wireForm, bufferBytes, wholeFrames, takesAhead, readableBytes, listener);
  }

  /** The events at the client's end of a link. Called on the link's loop. */
  public interface Listener {
    /** A text has arrived. */
    void text(String text);

    /** The hub has begun to end the link: nothing newer than this moment will arrive. */
    default void closing() {}

    /** The link has ended; called once, last of all. */
    void ended(DisconnectReason reason);
  }
}
