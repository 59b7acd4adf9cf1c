package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.ws.Compressor;
import io.github.signalhub.jdkserver.internal.ws.DeflateParameters;
import io.github.signalhub.jdkserver.internal.ws.DeflatePolicy;
import io.github.signalhub.jdkserver.internal.ws.FrameEncoder;
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
 * <p>The hub encodes on an event loop, and whoever is served by that loop waits meanwhile. So
 * messages over {@value #MAX_COMPRESSED_BYTES} bytes, which take more than about a millisecond, are
 * sent as they are: permessage-deflate leaves that to the sender, message by message (RFC 7692 §6).
 *
 * <p>Thread-safe.
 */
final class Compression implements AutoCloseable {
  /** The longest message that is compressed. */
  static final int MAX_COMPRESSED_BYTES = 64 << 10;

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
  private final Compressing compressing;
  private final Compressing huffmanOnly;

  /**
   * Makes the forms of one server.
   *
   * @param fromBytes from which length on messages are compressed; empty: compression is declined
   * @param loops how many threads compress
   */
  Compression(OptionalInt fromBytes, int loops) {
    this.fromBytes = fromBytes;
    deflate =
        new PermessageDeflate(fromBytes.orElse(PermessageDeflate.DEFAULT_THRESHOLD_BYTES), loops);
    compressing = new Compressing(new DeflateParameters(true, OptionalInt.empty()));
    huffmanOnly = new Compressing(new DeflateParameters(true, OptionalInt.of(8)));
  }

  /** Returns what is answered to clients that offer compression. */
  DeflatePolicy policy() {
    return fromBytes.isPresent() ? DeflatePolicy.NO_CONTEXT_TAKEOVER : DeflatePolicy.OFF;
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
      WebSocketProtocol.Handler handler,
      Optional<DeflateParameters> agreed) {
    return agreed.isEmpty()
        ? new WebSocketProtocol(limits, handler)
        : new WebSocketProtocol(limits, handler, deflate, agreed.get());
  }

  /** Returns how many messages were given to a compressor. */
  long compressions() {
    return compressing.count.sum() + huffmanOnly.count.sum();
  }

  /** Returns how many deflaters and inflaters are in use now. */
  int lent() {
    return deflate.lent();
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
      return isCompressed(json) ? compressor.text(json) : FrameEncoder.text(json);
    }

    @Override
    public byte[] encodeBinary(byte[] bytes) {
      return isCompressed(bytes) ? compressor.binary(bytes) : FrameEncoder.binary(bytes);
    }

    private boolean isCompressed(byte[] message) {
      boolean compressed =
          message.length >= fromBytes.orElse(0) && message.length <= MAX_COMPRESSED_BYTES;
      if (compressed) {
        count.increment();
      }
      return compressed;
    }
  }
}
