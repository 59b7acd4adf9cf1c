package io.github.signalhub.jdkserver.internal.link;

import io.github.signalhub.jdkserver.internal.capacity.FairShares;
import io.github.signalhub.jdkserver.internal.ws.Compressor;
import io.github.signalhub.jdkserver.internal.ws.DeflateParameters;
import io.github.signalhub.jdkserver.internal.ws.DeflatePolicy;
import io.github.signalhub.jdkserver.internal.ws.FrameEncoder;
import io.github.signalhub.jdkserver.internal.ws.MessageMemory;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the links of one server share to write their messages: a wire form for plain frames, and one
 * for each of the two kinds of compressed ones. Forms are compared by identity, so that a message
 * is compressed at most twice, for however many clients.
 *
 * <p>Messages over {@value #MAX_QUICK_BYTES} bytes take more than about a millisecond, which is too
 * long for an event loop: whoever it serves would wait. The hub compresses them elsewhere, or has
 * them sent as they are where that is overtaxed: permessage-deflate leaves that to the sender,
 * message by message (RFC 7692 §6).
 *
 * <p>Thread-safe.
 */
public final class Compression implements AutoCloseable {
  /** The longest message that an event loop compresses. */
  static final int MAX_QUICK_BYTES = 64 << 10;

  /** The form of plain frames. */
  static final FrameForm PLAIN =
      new FrameForm() {
        @Override
        public byte[] encode(byte[] json) {
          return FrameEncoder.text(json);
        }

        @Override
        public byte[] encodeBinary(byte[] bytes) {
          return FrameEncoder.binary(bytes);
        }
      };

  private final OptionalInt fromBytes;
  private final PermessageDeflate deflate;
  private final FairShares windowBytes;
  private final Compressing compressing;
  private final Compressing huffmanOnly;

  /**
   * Makes the forms of one server.
   *
   * @param fromBytes from which length on messages are compressed; empty: compression is declined
   * @param loops how many threads compress
   * @param maxWindowBytes how much may be kept of what clients sent compressed
   */
  Compression(OptionalInt fromBytes, int loops, long maxWindowBytes) {
    this.fromBytes = fromBytes;
    windowBytes = new FairShares(maxWindowBytes);
    deflate =
        new PermessageDeflate(fromBytes.orElse(PermessageDeflate.DEFAULT_THRESHOLD_BYTES), loops);
    compressing = new Compressing(new DeflateParameters(true, OptionalInt.empty()));
    huffmanOnly = new Compressing(new DeflateParameters(true, OptionalInt.of(8)));
  }

  /** Returns which offers of compression are accepted now from an address. */
  public DeflatePolicy policy(long address) {
    if (fromBytes.isEmpty()) {
      return DeflatePolicy.OFF;
    }
    return windowBytes.hasRoom(address, PermessageDeflate.WINDOW_BYTES)
        ? DeflatePolicy.ANY_OFFER
        : DeflatePolicy.WITHOUT_WINDOW;
  }

  /** Returns the room that a client of this address will take for its window. */
  FairShares.Holding windowRoom(long address) {
    return windowBytes.holding(address);
  }

  /** Returns the form for a client; the same one for all that can share what it makes. */
  FrameForm form(Optional<DeflateParameters> agreed) {
    if (agreed.isEmpty()) {
      return PLAIN;
    }
    return agreed.get().huffmanOnly() ? huffmanOnly : compressing;
  }

  /** Returns the protocol for a client; to be closed when the connection ends. */
  WebSocketProtocol protocol(
      WebSocketLimits limits,
      MessageMemory memory,
      WebSocketProtocol.Handler handler,
      Optional<DeflateParameters> agreed) {
    return agreed.isEmpty()
        ? new WebSocketProtocol(limits, memory, handler)
        : new WebSocketProtocol(limits, memory, handler, deflate, agreed.get());
  }

  /** Returns how many messages were given to a compressor. */
  public long compressions() {
    return compressing.count.sum() + huffmanOnly.count.sum();
  }

  /** Returns how many deflaters and inflaters are in use now. */
  public int lent() {
    return deflate.lent();
  }

  /** Returns for how many clients is kept what they sent compressed. */
  public long windows() {
    return windowBytes.used() / PermessageDeflate.WINDOW_BYTES;
  }

  /** Frees the memory that is kept for later. Idempotent. */
  @Override
  public void close() {
    deflate.close();
  }

  private final class Compressing implements FrameForm {
    private final Compressor compressor;
    private final LongAdder count = new LongAdder();

    private Compressing(DeflateParameters agreed) {
      compressor = deflate.compressor(agreed);
    }

    @Override
    public byte[] encode(byte[] json) {
      if (!isWorthIt(json)) {
        return FrameEncoder.text(json);
      }
      count.increment();
      return compressor.text(json);
    }

    @Override
    public boolean isSlow(byte[] json) {
      return json.length > MAX_QUICK_BYTES && isWorthIt(json);
    }

    @Override
    public byte[] encodeQuickly(byte[] json) {
      return isSlow(json) ? FrameEncoder.text(json) : encode(json);
    }

    @Override
    public byte[] encodeBinary(byte[] bytes) {
      if (!isWorthIt(bytes) || bytes.length > MAX_QUICK_BYTES) {
        return FrameEncoder.binary(bytes);
      }
      count.increment();
      return compressor.binary(bytes);
    }

    private boolean isWorthIt(byte[] message) {
      return message.length >= fromBytes.orElse(0);
    }
  }
}
