package io.github.signalhub.memory;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.settings.Setting;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How one link of a {@link MemoryTransport} behaves. Transports differ in how they take from the
 * hub, and a test may want to see that none of it matters. Immutable.
 *
 * <pre>{@code
 * LinkOptions.DEFAULT.withReadableBytes(0).withWholeFrames(true)
 * }</pre>
 */
public final class LinkOptions {
  /** Frames are a length of four bytes and the text, so a mixture of two does not go unnoticed. */
  public static final WireForm FRAMES =
      json -> ByteBuffer.allocate(4 + json.length).putInt(json.length).put(json).array();

  /** A link that reads everything, 4 KiB at a time, on the next loop in turn. */
  public static final LinkOptions DEFAULT = new LinkOptions(new Draft());

  private final OptionalInt loop;
  private final WireForm wireForm;
  private final int bufferBytes;
  private final boolean wholeFrames;
  private final boolean takesAhead;
  private final long readableBytes;
  private final Optional<Listener> listener;

  private LinkOptions(Draft draft) {
    loop = draft.loop;
    wireForm = draft.wireForm;
    bufferBytes = draft.bufferBytes;
    wholeFrames = draft.wholeFrames;
    takesAhead = draft.takesAhead;
    readableBytes = draft.readableBytes;
    listener = draft.listener;
  }

  /** The options of a link that is being described, at first the defaults. */
  private static final class Draft {
    private OptionalInt loop = OptionalInt.empty();
    private WireForm wireForm = FRAMES;
    private int bufferBytes = 1 << 12;
    private boolean wholeFrames;
    private boolean takesAhead;
    private long readableBytes = Long.MAX_VALUE;
    private Optional<Listener> listener = Optional.empty();
  }

  private Draft draft() {
    Draft draft = new Draft();
    draft.loop = loop;
    draft.wireForm = wireForm;
    draft.bufferBytes = bufferBytes;
    draft.wholeFrames = wholeFrames;
    draft.takesAhead = takesAhead;
    draft.readableBytes = readableBytes;
    draft.listener = listener;
    return draft;
  }

  /**
   * Returns these options with a loop that the link lives on; by default the next in turn.
   *
   * @param loop the number of the loop, from 0. {@link MemoryTransport#connect} refuses a number
   *     that the transport does not have
   * @throws IllegalArgumentException if it is negative
   */
  public LinkOptions withLoop(int loop) {
    Draft draft = draft();
    draft.loop = OptionalInt.of(Setting.atLeast("loop", 0, loop));
    return new LinkOptions(draft);
  }

  /**
   * Returns these options with another way to make bytes of messages; {@link #FRAMES} by default.
   *
   * @param wireForm a form that calls {@link #FRAMES}
   */
  public LinkOptions withWireForm(WireForm wireForm) {
    Draft draft = draft();
    draft.wireForm = Objects.requireNonNull(wireForm, "wireForm");
    return new LinkOptions(draft);
  }

  /**
   * Returns these options with another number of bytes that are taken at once; 4 KiB by default.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public LinkOptions withBufferBytes(int bufferBytes) {
    Draft draft = draft();
    draft.bufferBytes = Setting.atLeast("bufferBytes", 1, bufferBytes);
    return new LinkOptions(draft);
  }

  /**
   * Returns these options, with frames that are taken one by one or not. Platforms that take whole
   * messages do so; not by default.
   */
  public LinkOptions withWholeFrames(boolean wholeFrames) {
    Draft draft = draft();
    draft.wholeFrames = wholeFrames;
    return new LinkOptions(draft);
  }

  /**
   * Returns these options, with a link that takes although it cannot accept anything now, or waits;
   * it waits by default.
   */
  public LinkOptions withTakesAhead(boolean takesAhead) {
    Draft draft = draft();
    draft.takesAhead = takesAhead;
    return new LinkOptions(draft);
  }

  /**
   * Returns these options with a number of bytes that the client reads at first; {@link
   * Long#MAX_VALUE}, the default, for all.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public LinkOptions withReadableBytes(long readableBytes) {
    Draft draft = draft();
    draft.readableBytes = Setting.atLeast("readableBytes", 0, readableBytes);
    return new LinkOptions(draft);
  }

  /**
   * Returns these options with a listener that is told what happens. By default {@link
   * MemoryLink#received} collects the texts.
   */
  public LinkOptions withListener(Listener listener) {
    Draft draft = draft();
    draft.listener = Optional.of(Objects.requireNonNull(listener, "listener"));
    return new LinkOptions(draft);
  }

  /** Returns the loop that the link lives on; empty: the next in turn. */
  public OptionalInt loop() {
    return loop;
  }

  /** Returns how messages become bytes. */
  public WireForm wireForm() {
    return wireForm;
  }

  /** Returns how many bytes are taken at once. */
  public int bufferBytes() {
    return bufferBytes;
  }

  /** Returns whether frames are taken one by one. */
  public boolean wholeFrames() {
    return wholeFrames;
  }

  /** Returns whether the link takes although it cannot accept anything now. */
  public boolean takesAhead() {
    return takesAhead;
  }

  /** Returns how many bytes the client reads at first. */
  public long readableBytes() {
    return readableBytes;
  }

  /** Returns the listener; empty: {@link MemoryLink#received} collects the texts. */
  public Optional<Listener> listener() {
    return listener;
  }

  /** Returns the options with their names, without the functions. */
  @Override
  public String toString() {
    return "LinkOptions[loop="
        + (loop.isPresent() ? loop.getAsInt() : "next")
        + ", bufferBytes="
        + bufferBytes
        + ", wholeFrames="
        + wholeFrames
        + ", takesAhead="
        + takesAhead
        + ", readableBytes="
        + readableBytes
        + "]";
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
