package io.github.signalhub.jdkserver.internal.link;

import io.github.signalhub.jdkserver.internal.capacity.FairShares;
import io.github.signalhub.jdkserver.internal.ws.DeflateParameters;
import io.github.signalhub.jdkserver.internal.ws.DeflateParameters.Policy;
import io.github.signalhub.jdkserver.internal.ws.FrameEncoder;
import io.github.signalhub.jdkserver.internal.ws.PartialMessageBudget;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol;
import io.github.signalhub.spi.WireForm;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The wire forms of one server's WebSocket links: one of plain frames, and one of compressed frames
 * for each window. The hub makes each form of a message once, for all links that have it, and keeps
 * it as long as the message.
 *
 * <p>So all forms of a message together have a limit: three times its text, as tables count them.
 * There are three small windows, of 9 to 11 bits. A client that asks for 12 to 14 bits shares the
 * last one. A client that asks for 8 gets plain frames, because compression would save it little. A
 * message that is longer than a small window is compressed for it only if that halves the message.
 * A shorter one has the same compressed form for all windows, and the hub keeps equal forms once.
 *
 * <p>Control frames are never compressed (RFC 7692 §6). For all messages, texts or binary ones, the
 * rules are the same. A message below the threshold is sent as it is. A message over {@value
 * #MAX_QUICK_BYTES} bytes takes more than about a millisecond, which is too long for an event loop.
 * {@link WireForm#isSlow} tells so: its sender has it compressed on another thread, or sends it as
 * it is.
 *
 * <p>Thread-safe.
 */
public final class Compression implements AutoCloseable {
  /** The longest message that an event loop compresses. */
  static final int MAX_QUICK_BYTES = 64 << 10;

  private static final int LARGEST_SMALL_WINDOW_BITS = 11;

  /** Stands for no window, and so for plain frames. */
  private static final int NO_WINDOW = 0;

  private final OptionalInt fromBytes;
  private final PermessageDeflate deflate;
  private final FairShares windowBytes;
  private final LongAdder compressions = new LongAdder();
  private final FrameForm plain = form(NO_WINDOW);
  private final Map<Integer, FrameForm> byWindowBits =
      Stream.of(9, 10, LARGEST_SMALL_WINDOW_BITS, PermessageDeflate.MAX_WINDOW_BITS)
          .collect(Collectors.toUnmodifiableMap(bits -> bits, this::form));

  /**
   * Makes the forms of one server.
   *
   * @param fromBytes the length from which messages are compressed; empty: compression is declined
   * @param loops how many threads compress
   * @param maxWindowBytes how much may be kept of what clients sent compressed
   */
  Compression(OptionalInt fromBytes, int loops, long maxWindowBytes) {
    this.fromBytes = fromBytes;
    windowBytes = new FairShares(maxWindowBytes);
    deflate = new PermessageDeflate(loops);
  }

  /** Returns which offers of compression are accepted now from an address. */
  public Policy policy(long address) {
    if (fromBytes.isEmpty()) {
      return Policy.OFF;
    }
    return windowBytes.hasRoom(address, PermessageDeflate.WINDOW_BYTES)
        ? Policy.ANY_OFFER
        : Policy.WITHOUT_WINDOW;
  }

  /** Returns the room that a client of this address will take for its window. */
  FairShares.Holding windowRoom(long address) {
    return windowBytes.holding(address);
  }

  /** Returns the form for a client: the same one for all that can share its frames. */
  FrameForm form(Optional<DeflateParameters> agreed) {
    int bits = agreed.map(DeflateParameters::windowBits).orElse(NO_WINDOW);
    boolean small = bits < PermessageDeflate.MAX_WINDOW_BITS;
    return byWindowBits.getOrDefault(
        small ? Math.min(bits, LARGEST_SMALL_WINDOW_BITS) : bits, plain);
  }

  /** Returns the protocol for a client; to be closed when the connection ends. */
  WebSocketProtocol protocol(
      WebSocketLimits limits,
      PartialMessageBudget memory,
      WebSocketProtocol.Handler handler,
      Optional<DeflateParameters> agreed) {
    return new WebSocketProtocol(limits, memory, handler, deflate, agreed);
  }

  /** Returns how many messages were given to a compressor. */
  public long compressions() {
    return compressions.sum();
  }

  /** Returns how many deflaters and inflaters are in use now. */
  public int lent() {
    return deflate.lent();
  }

  /** Returns for how many clients the server keeps a window. */
  public long windows() {
    return windowBytes.used() / PermessageDeflate.WINDOW_BYTES;
  }

  /** Returns how many bytes the windows of clients take. */
  public long windowBytes() {
    return windowBytes.used();
  }

  /** Frees the memory that is kept for later. Idempotent. */
  @Override
  public void close() {
    deflate.close();
  }

  private FrameForm form(int windowBits) {
    WireForm binary = new Frames(FrameEncoder.BINARY, windowBits, null);
    return new Frames(FrameEncoder.TEXT, windowBits, binary);
  }

  /** One kind of frames. Compared by identity, as every form is. */
  private final class Frames implements FrameForm {
    private final int opcode;
    private final int windowBits;
    private final WireForm binary;

    private Frames(int opcode, int windowBits, WireForm binary) {
      this.opcode = opcode;
      this.windowBits = windowBits;
      this.binary = binary;
    }

    @Override
    public byte[] encode(byte[] payload) {
      if (!isCompressed(payload)) {
        return FrameEncoder.frame(opcode, payload);
      }
      compressions.increment();
      boolean small = windowBits <= LARGEST_SMALL_WINDOW_BITS;
      boolean mustHalve = small && payload.length > 1 << windowBits;
      int mostBytes = mustHalve ? payload.length / 2 : payload.length - 1;
      return deflate.frame(opcode, payload, windowBits, mostBytes);
    }

    @Override
    public boolean isSlow(byte[] payload) {
      return payload.length > MAX_QUICK_BYTES && isCompressed(payload);
    }

    @Override
    public byte[] encodeQuickly(byte[] payload) {
      return isSlow(payload) ? FrameEncoder.frame(opcode, payload) : encode(payload);
    }

    @Override
    public WireForm binary() {
      return binary;
    }

    private boolean isCompressed(byte[] payload) {
      return windowBits != NO_WINDOW && payload.length >= fromBytes.orElse(0);
    }
  }
}
