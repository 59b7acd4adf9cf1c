package io.github.signalhub.jdkserver.internal.ws;

import java.util.zip.Inflater;

/**
 * An inflater of raw DEFLATE data with the buffers for one step of it: what a {@link CodecPool}
 * lends for the time of one compressed message. Not thread-safe: confined to its borrower.
 */
final class InflateBuffers {
  /** What one takes, about: zlib's state and window, and the two buffers. */
  static final int BYTES = 56 << 10;

  private static final int BUFFER_BYTES = 8192;

  final Inflater inflater;
  final byte[] in = new byte[BUFFER_BYTES];
  final byte[] out = new byte[BUFFER_BYTES];

  InflateBuffers() {
    this(new Inflater(true));
  }

  InflateBuffers(Inflater inflater) {
    this.inflater = inflater;
  }

  void reset() {
    inflater.reset();
  }

  void end() {
    inflater.end();
  }
}
