package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The server's end of one WebSocket connection after the handshake (RFC 6455 §5 to §7). It takes
 * the peer's bytes, calls a {@link Handler} with their messages, and holds the control frames for
 * the peer. The transport makes data frames itself. It may write them only while {@link #state} is
 * {@link State#OPEN}, except for the rest of a half-written one.
 *
 * <pre>
 * OPEN                   sendClose                   CLOSE_SENT
 * OPEN                   the peer's close arrives    CLOSE_RECEIVED, the answer queued
 * CLOSE_SENT             the peer's close arrives    CLOSED, or CLOSE_RECEIVED while ours waits
 * OPEN                   the peer breaks a rule      FAILED, the close that says so queued
 * CLOSE_SENT             the peer breaks a rule      CLOSED, or FAILED while our close waits
 * CLOSE_RECEIVED, FAILED our close is written        CLOSED
 * any                    close                       CLOSED
 * </pre>
 *
 * <p>Nothing that a peer sends makes a method throw, or takes memory beyond the {@linkplain
 * WebSocketLimits limits}. The handler may call every method but {@link #receive} from inside a
 * callback. Not thread-safe: confined to the connection's event loop.
 */
public final class WebSocketProtocol implements AutoCloseable {
  /** The states of a connection. */
  public enum State {
    /** Messages go both ways. */
    OPEN,
    /**
     * This side asked to close. Its close frame is queued or written. Messages of the peer are
     * delivered until its own close arrives. No message may be sent.
     */
    CLOSE_SENT,
    /** The peer's close arrived, and this side's is still to be written. Input is ignored. */
    CLOSE_RECEIVED,
    /** The peer broke a rule, and the close that says so is to be written. Input is ignored. */
    FAILED,
    /**
     * There is nothing more to read or write. This side's close is written, and the peer's has
     * arrived. If the peer broke a rule, its close is not awaited. The server ends the TCP
     * connection now (§7.1.1), unless it was gone before.
     */
    CLOSED
  }

  /** Takes what the peer sent. Called from inside {@link #receive}, in the order of arrival. */
  public interface Handler {
    /**
     * Takes a complete text message.
     *
     * @param utf8 its bytes, valid UTF-8; the callee owns the array
     */
    void text(byte[] utf8);

    /**
     * Takes a complete binary message.
     *
     * @param bytes its bytes; the callee owns the array
     */
    void binary(byte[] bytes);

    /**
     * Takes a pong, also one that answers no ping.
     *
     * @param payload its payload, at most 125 bytes; the callee owns the array
     */
    void pong(byte[] payload);

    /**
     * The peer's close frame arrived. This is the last callback. The answer is already queued,
     * unless this side had sent a close.
     *
     * @param code the peer's code; {@link CloseCodes#NO_STATUS} if it gave none
     * @param reason the peer's reason, empty if it gave none
     */
    void closed(int code, String reason);

    /**
     * Takes room for a window of {@link PermessageDeflate#WINDOW_BYTES}, until the connection ends.
     * Called once at most, from inside {@link #receive}.
     *
     * @return whether there was room; if not, the connection ends with 1013 after this message
     */
    default boolean takeWindowRoom() {
      return true;
    }

    /**
     * Returns the group of the peer in the {@link PartialMessageBudget}. The peers of equal groups
     * count as one.
     */
    default Object memoryGroup() {
      return this;
    }

    /**
     * There is no memory for the peer's unfinished message. {@link #giveUpMessage} has to follow
     * soon, on this connection's thread. Called on any thread.
     */
    default void memoryWanted() {}

    /** A message of the peer is beyond a limit. {@link #failed} follows. */
    default void exceeded(WebSocketLimits.Kind limit) {}

    /**
     * The peer broke a rule or a limit. This is the last callback. The close frame that tells it is
     * already queued, unless this side had queued one before.
     *
     * @param closeCode 1002, 1007, 1009 or 1013
     * @param why the rule, for a log; holds nothing that the peer sent
     */
    void failed(int closeCode, String why);
  }

  private final Handler handler;
  private final WebSocketLimits limits;
  private final PartialMessageBudget memory;
  private final Inflation inflation; // null if no message can be compressed
  private FrameDecoder frames; // null between two messages, so that an idle connection has none
  private ControlQueue control; // null while no control frame waits
  private State state = State.OPEN;
  private boolean paused;
  private boolean receiving;

  /**
   * Begins after a handshake. To be {@linkplain #close closed} when the connection ends, however it
   * does.
   *
   * @param limits of one message of the peer
   * @param memory for the unfinished messages of all the server's connections
   * @param handler is called from inside {@link #receive}
   * @param deflate lends inflaters
   * @param agreed the agreement on permessage-deflate; empty: messages are not compressed
   */
  public WebSocketProtocol(
      WebSocketLimits limits,
      PartialMessageBudget memory,
      Handler handler,
      PermessageDeflate deflate,
      Optional<DeflateParameters> agreed) {
    requireNonNull(deflate, "deflate");
    this.handler = requireNonNull(handler, "handler");
    this.limits = requireNonNull(limits, "limits");
    this.memory = requireNonNull(memory, "memory");
    this.inflation =
        agreed.map(with -> deflate.inflation(with, handler::takeWindowRoom)).orElse(null);
  }

  /**
   * Takes bytes of the peer, in any chunking. Takes all of them, unless it is {@linkplain #pause
   * paused}. If a callback pauses it, {@code in} is left right after the frame of that callback.
   * The rest is to be given again after {@link #resume}. In states that ignore input it takes and
   * drops all.
   *
   * @param in the bytes, from its position to its limit; only read, and not kept
   * @throws IllegalStateException if called from inside a callback
   */
  public void receive(ByteBuffer in) {
    requireNonNull(in, "in");
    if (receiving) {
      throw new IllegalStateException("receive called from inside a callback of receive");
    }
    receiving = true;
    try {
      while (readsInput() && !paused) {
        frames = frames == null ? newDecoder() : frames;
        FrameHeader frame = frames.decode(in);
        if (frame == null) {
          frames.message().awaitRest();
          break;
        }
        take(frame);
      }
    } catch (ProtocolException fault) {
      fail(fault);
    } finally {
      receiving = false;
    }
    if (frames != null && frames.isBetweenMessages()) {
      frames = null;
    }
    if (!readsInput()) {
      in.position(in.limit()); // §1.4, §7.1.7: input after a close or a failure is ignored
    }
  }

  private FrameDecoder newDecoder() {
    MessageAssembler message =
        new MessageAssembler(
            limits, () -> memory.share(handler.memoryGroup(), handler::memoryWanted), inflation);
    return new FrameDecoder(message, inflation == null ? 0 : FrameEncoder.RSV1);
  }

  private boolean readsInput() {
    return state == State.OPEN || state == State.CLOSE_SENT;
  }

  /** Acts on a frame all of whose payload has arrived. */
  private void take(FrameHeader frame) throws ProtocolException {
    switch (frame.opcode()) {
      case FrameEncoder.PING -> {
        byte[] payload = frames.takeControlPayload(frame);
        control().pong(FrameEncoder.frame(FrameEncoder.PONG, payload));
      }
      case FrameEncoder.PONG -> handler.pong(frames.takeControlPayload(frame));
      case FrameEncoder.CLOSE -> peerCloses(ClosePayload.parse(frames.takeControlPayload(frame)));
      default -> {
        if (frame.fin()) {
          deliverMessage();
        }
      }
    }
  }

  private void deliverMessage() throws ProtocolException {
    MessageAssembler message = frames.message();
    boolean text = message.isText();
    byte[] payload = message.finish();
    if (text) {
      handler.text(payload);
    } else {
      handler.binary(payload);
    }
    message.requireWindow(); // after the message, which the client does not lose
  }

  /** OPEN or CLOSE_SENT to CLOSE_RECEIVED, or to CLOSED if this side's close is written. */
  private void peerCloses(ClosePayload close) {
    endInput();
    if (state == State.OPEN) {
      boolean empty = close.code() == CloseCodes.NO_STATUS;
      control().close(empty ? FrameEncoder.emptyClose() : FrameEncoder.close(close.code(), ""));
    }
    state = isCloseWritten() ? State.CLOSED : State.CLOSE_RECEIVED;
    handler.closed(close.code(), close.reason());
  }

  /** OPEN or CLOSE_SENT to FAILED, or to CLOSED if this side's close is written. */
  private void fail(ProtocolException fault) {
    endInput();
    if (state == State.OPEN) {
      control().close(FrameEncoder.close(fault.closeCode(), fault.getMessage()));
    }
    state = isCloseWritten() ? State.CLOSED : State.FAILED;
    fault.limit().ifPresent(handler::exceeded);
    handler.failed(fault.closeCode(), fault.getMessage());
  }

  /** Frees the message at hand and the memory of earlier ones. */
  private void endInput() {
    if (frames != null) {
      frames.message().release();
      frames = null;
    }
    if (inflation != null) {
      inflation.close();
    }
  }

  /**
   * Ends the connection with 1013 if the memory of its unfinished message was given to others. Does
   * nothing if that message has ended meanwhile.
   */
  public void giveUpMessage() {
    if (readsInput() && frames != null) {
      try {
        frames.message().requireMemory();
      } catch (ProtocolException fault) {
        fail(fault);
      }
    }
  }

  /** Ends the connection with 1013 because its unfinished message comes too slowly. */
  public void refuseSlowMessage() {
    if (hasUnfinishedMessage()) {
      fail(
          ProtocolException.beyond(
              WebSocketLimits.Kind.MESSAGE_RATE,
              CloseCodes.TRY_AGAIN_LATER,
              "the rest of a message came too slowly"));
    }
  }

  /** Returns whether a message has begun and has not arrived to its end. */
  public boolean hasUnfinishedMessage() {
    return readsInput() && frames != null && frames.message().isUnfinished();
  }

  /**
   * Returns the number of the unfinished message, by which it differs from the one before; 0 if
   * there is none.
   */
  public long unfinishedNumber() {
    return frames == null ? 0 : frames.message().begun();
  }

  /** Returns how many bytes of the unfinished message have arrived; 0 if there is none. */
  public long unfinishedBytes() {
    return frames == null ? 0 : frames.message().receivedBytes();
  }

  /**
   * Makes {@link #receive} stop after the frame at hand, or take nothing. Pings and the peer's
   * close wait, too. So a transport that starts to close has to {@link #resume}. Idempotent.
   */
  public void pause() {
    paused = true;
  }

  /** Returns whether {@link #receive} takes nothing. */
  public boolean isPaused() {
    return paused;
  }

  /** Lets {@link #receive} take bytes again. Idempotent. */
  public void resume() {
    paused = false;
  }

  /**
   * Queues a ping, in the place of one that waits. Does nothing unless {@link State#OPEN}.
   *
   * @param payload at most 125 bytes, copied
   * @throws IllegalArgumentException if the payload is longer
   */
  public void sendPing(byte[] payload) {
    if (requireNonNull(payload, "payload").length > FrameEncoder.MAX_CONTROL_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "expected a payload of at most 125 bytes (RFC 6455 §5.5), was " + payload.length);
    }
    if (state == State.OPEN) {
      control().ping(FrameEncoder.frame(FrameEncoder.PING, payload));
    }
  }

  /**
   * Starts the closing handshake: queues a close frame after the pongs and the ping that wait. Does
   * nothing unless {@link State#OPEN}.
   *
   * @param code one that a server may send: {@link CloseCodes#isSendable}
   * @param reason at most 123 UTF-8 bytes, may be empty
   * @throws IllegalArgumentException if the code may not be sent or the reason is too long
   */
  public void sendClose(int code, String reason) {
    requireNonNull(reason, "reason");
    if (!CloseCodes.isSendable(code)) {
      throw new IllegalArgumentException(
          "expected a close code that a server may send (RFC 6455 §7.4), was " + code);
    }
    byte[] close = FrameEncoder.close(code, reason);
    if (state == State.OPEN) {
      control().close(close);
      state = State.CLOSE_SENT;
    }
  }

  /**
   * The TCP connection is gone: {@link State#CLOSED} from any state, without a callback. Frees the
   * message at hand and its inflater. The peer's close and a failure free them, too. Allowed from
   * inside a callback. Idempotent.
   */
  @Override
  public void close() {
    endInput();
    state = State.CLOSED;
  }

  /** Returns the state of the connection. */
  public State state() {
    return state;
  }

  /** Returns whether the socket {@linkplain #acceptedControl accepted} our whole close frame. */
  public boolean isCloseWritten() {
    return control != null && control.closeAccepted();
  }

  /** Returns whether control frames, or the rest of one, are to be written. */
  public boolean hasControl() {
    return control != null && !control.isEmpty();
  }

  /**
   * Returns whether a control frame was accepted in part. Until its end is accepted, only the bytes
   * of {@link #peekControl} may be written.
   */
  public boolean isMidControl() {
    return control != null && control.midFrame();
  }

  /**
   * Copies the control frames that are to be written, as far as there is room: the rest of a
   * half-accepted one, pongs, ping, close. They stay queued until {@link #acceptedControl}. A
   * second call copies the same bytes again, or newer frames in the place of those that have not
   * begun.
   *
   * @param out where to copy; its position moves past the bytes
   * @return how many bytes were copied, 0 if there are none or {@code out} has no room
   */
  public int peekControl(ByteBuffer out) {
    requireNonNull(out, "out");
    return control == null ? 0 : control.peek(out);
  }

  /**
   * Reports that the socket accepted the first {@code bytes} that {@link #peekControl} last copied.
   * The others are offered again. To be called after every write that had control bytes in it, also
   * with 0.
   *
   * @throws IllegalArgumentException if it is negative or more than was copied
   */
  public void acceptedControl(int bytes) {
    if (control == null && bytes == 0) {
      return;
    }
    control().accepted(bytes);
    boolean inputEnded = state == State.CLOSE_RECEIVED || state == State.FAILED;
    if (inputEnded && control.closeAccepted()) {
      state = State.CLOSED;
    }
    if (control.isEmpty() && !control.closeAccepted()) {
      control = null;
    }
  }

  private ControlQueue control() {
    control = control == null ? new ControlQueue() : control;
    return control;
  }
}
