package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates the compressed messages of one client (RFC 7692 §7.2.2) in small steps. Whatever the
 * ratio is, the receiver gets at most 8 KiB at a time and can stop it there.
 *
 * <p>An inflater is borrowed from the first byte of a message to its end. A client may refer back
 * to its earlier messages. So their last 32 KiB are kept here between messages, and no inflater. If
 * there is no room for them, {@link #requireWindow} throws. Data that is no DEFLATE fails with
 * 1007. Not thread-safe: confined to the connection's event loop.
 */
final class Inflation {
  /** Takes inflated bytes. */
  interface Receiver {
    /**
     * Takes the next bytes of the message.
     *
     * @param bytes holds them from index 0; not to be kept
     */
    void inflated(byte[] bytes, int length) throws ProtocolException;
  }

  /** An inflater of raw DEFLATE data, with the buffers for one step of it. */
  static final class Codec {
    private static final int BUFFER_BYTES = 8192;

    final Inflater inflater = new Inflater(true);
    private final byte[] in = new byte[BUFFER_BYTES];
    private final byte[] out = new byte[BUFFER_BYTES];
  }

  private static final int WINDOW_BYTES = PermessageDeflate.WINDOW_BYTES;

  /**
   * Comes after every message: the end of the empty block that was cut off (§7.2.1), and a last
   * block, which is empty, too. If the inflater takes that for the end, the message was whole.
   */
  private static final byte[] TAIL = {0, 0, -1, -1, 1, 0, 0, -1, -1};

  private final CodecPool<Codec> pool;
  private final BooleanSupplier windowRoom;
  private final boolean noContextTakeover;
  private Codec borrowed; // null between messages
  private byte[] window; // null until a message has to be remembered
  private int windowBytes; // at the end of the window
  private boolean windowRefused;

  /**
   * Makes an inflation of one client's messages.
   *
   * @param pool lends inflaters
   * @param windowRoom takes the room for a window until the connection ends; returns {@code false}
   *     if there is none
   * @param noContextTakeover whether no message refers back to earlier ones
   */
  Inflation(CodecPool<Codec> pool, BooleanSupplier windowRoom, boolean noContextTakeover) {
    this.pool = pool;
    this.windowRoom = windowRoom;
    this.noContextTakeover = noContextTakeover;
  }

  /**
   * Inflates payload bytes of the message at hand. The first ones begin a message.
   *
   * @param in holds them, masked, at its position, which moves past them
   * @param bytes how many to take
   * @param maskingKey the frame's
   * @param offset how many bytes of the frame's payload were taken before
   */
  void append(ByteBuffer in, int bytes, int maskingKey, long offset, Receiver message)
      throws ProtocolException {
    borrow();
    for (int taken = 0; taken < bytes; ) {
      int length = Math.min(bytes - taken, borrowed.in.length);
      in.get(borrowed.in, 0, length);
      Masking.unmask(borrowed.in, 0, length, maskingKey, offset + taken);
      inflate(borrowed.in, length, message);
      taken += length;
    }
  }

  /**
   * Inflates the rest of the message at hand after all of its payload was taken. Then gives the
   * inflater back. Data that ends with a last block needs no empty block after it. §7.2.3.4 asks
   * for one, but the end of the message is clear without it.
   */
  void finish(Receiver message) throws ProtocolException {
    borrow();
    if (!borrowed.inflater.finished()) {
      inflate(TAIL, TAIL.length, message);
    }
    if (!borrowed.inflater.finished()) {
      throw invalidData();
    }
    release();
  }

  /** Keeps the end of a message, because the next one may refer back to it. */
  void remember(byte[] message, int length) {
    if (noContextTakeover || length == 0 || windowRefused) {
      return;
    }
    if (window == null) {
      byte[] made = new byte[WINDOW_BYTES]; // before it is counted: there may be no memory
      if (!windowRoom.getAsBoolean()) {
        windowRefused = true;
        return;
      }
      window = made;
    }
    int added = Math.min(length, WINDOW_BYTES); // the window keeps the newest bytes at its end
    System.arraycopy(window, added, window, 0, WINDOW_BYTES - added);
    System.arraycopy(message, length - added, window, WINDOW_BYTES - added, added);
    windowBytes = Math.min(windowBytes + added, WINDOW_BYTES);
  }

  /**
   * Checks that the window is kept, so the next message can be inflated.
   *
   * @throws ProtocolException 1013 if there was no room for it. While there is none, new handshakes
   *     agree on no compression, so the client can come back at once.
   */
  void requireWindow() throws ProtocolException {
    if (windowRefused) {
      throw new ProtocolException(
          CloseCodes.TRY_AGAIN_LATER,
          "no room for what compressed messages refer back to, try again without compression");
    }
  }

  /** Gives the inflater back, in the middle of a message or not. Idempotent. */
  void release() {
    if (borrowed != null) {
      pool.release(borrowed);
      borrowed = null;
    }
  }

  /** Returns how many bytes the borrowed inflater takes, 0 if none is borrowed. */
  int borrowedBytes() {
    return borrowed == null ? 0 : PermessageDeflate.INFLATER_BYTES;
  }

  /** Frees everything; no message may follow. Idempotent. */
  void close() {
    release();
    window = null;
    windowBytes = 0;
  }

  private void borrow() {
    if (borrowed == null) {
      borrowed = pool.acquire();
      if (windowBytes > 0) {
        borrowed.inflater.setDictionary(window, WINDOW_BYTES - windowBytes, windowBytes);
      }
    }
  }

  /** Inflates all of the input; the inflater is finished if a last block (BFINAL) ended there. */
  private void inflate(byte[] in, int length, Receiver message) throws ProtocolException {
    Inflater inflater = borrowed.inflater;
    inflater.setInput(in, 0, length);
    while (true) {
      int bytes = step(inflater, message);
      int rest = inflater.getRemaining();
      if (inflater.finished() && rest > 0) {
        inflater.reset(); // blocks may follow a last one (§7.2.3.4)
        inflater.setInput(in, length - rest, rest);
      } else if (inflater.finished() || bytes < borrowed.out.length) {
        return;
      }
    }
  }

  /** Fills the output buffer as far as the input goes, and returns how far that was. */
  private int step(Inflater inflater, Receiver message) throws ProtocolException {
    long before = inflater.getBytesWritten();
    try {
      int bytes = inflater.inflate(borrowed.out);
      message.inflated(borrowed.out, bytes);
      return bytes;
    } catch (DataFormatException e) {
      // The bytes before the fault go first, so the result does not depend on packets.
      message.inflated(borrowed.out, (int) (inflater.getBytesWritten() - before));
      throw invalidData();
    }
  }

  private static ProtocolException invalidData() {
    return new ProtocolException(
        CloseCodes.INVALID_PAYLOAD, "compressed messages must be valid DEFLATE (RFC 7692 §7.2.2)");
  }
}
