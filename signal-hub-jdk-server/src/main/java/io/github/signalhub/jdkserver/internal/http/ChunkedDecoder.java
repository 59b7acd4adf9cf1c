package io.github.signalhub.jdkserver.internal.http;

import java.nio.ByteBuffer;

/**
 * A chunked body (RFC 9112 §7.1). Chunk extensions and trailer fields are read within bounds and
 * discarded. Not thread-safe: confined to the event loop.
 */
final class ChunkedDecoder implements BodyDecoder {
  static final int MAX_SIZE_DIGITS = 15; // a size then fits a long with room to spare
  static final int MAX_EXTENSION_BYTES = 8 << 10; // of all chunks together
  static final int MAX_TRAILER_BYTES = 8 << 10;

  private enum State {
    SIZE,
    BEFORE_EXTENSION,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    END_LF,
    FINISHED
  }

  private final long maxBodyBytes;
  private State state = State.SIZE;
  private HttpException failure;
  private long bodyBytes;
  private long chunkRemaining;
  private int sizeDigits;
  private int extensionBytes;
  private int trailerBytes;

  ChunkedDecoder(long maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  public boolean isFinished() {
    return state == State.FINISHED;
  }

  @Override
  public boolean decode(ByteBuffer in, ByteBuffer out) {
    if (failure != null) {
      throw failure;
    }
    try {
      while (state != State.FINISHED && in.hasRemaining()) {
        if (state != State.DATA) {
          framing(in.get() & 0xFF);
        } else if (out.hasRemaining()) {
          data(in, out);
        } else {
          break;
        }
      }
    } catch (HttpException e) {
      failure = e;
      throw e;
    }
    return isFinished();
  }

  private void data(ByteBuffer in, ByteBuffer out) {
    int bytes = (int) Math.min(chunkRemaining, Math.min(in.remaining(), out.remaining()));
    chunkRemaining -= Buffers.move(bytes, in, out);
    if (chunkRemaining == 0) {
      state = State.DATA_CR;
    }
  }

  private void framing(int c) {
    switch (state) {
      case SIZE -> size(c);
      case BEFORE_EXTENSION -> beforeExtension(c);
      case EXTENSION -> extension(c);
      case SIZE_LF -> {
        expect('\n', c);
        beginChunk();
      }
      case DATA_CR -> {
        expect('\r', c);
        state = State.DATA_LF;
      }
      case DATA_LF -> {
        expect('\n', c);
        state = State.SIZE;
      }
      case TRAILER_START, TRAILER_NAME, TRAILER_VALUE, TRAILER_LF -> trailer(c);
      case END_LF -> {
        expect('\n', c);
        state = State.FINISHED;
      }
      case DATA, FINISHED -> throw new IllegalStateException("no framing in " + state);
    }
  }

  private void size(int c) {
    int digit = HttpChars.hexValue(c);
    if (digit >= 0) {
      if (++sizeDigits > MAX_SIZE_DIGITS) {
        throw new HttpException(400, "the chunk size has too many digits (RFC 9112 §7.1)");
      }
      chunkRemaining = chunkRemaining << 4 | digit;
    } else if (sizeDigits == 0) {
      throw new HttpException(400, "expected a chunk size (RFC 9112 §7.1)");
    } else if (c == '\r') {
      state = State.SIZE_LF;
    } else {
      beforeExtension(c);
    }
  }

  /** Takes the "bad" white space between a size and its extension (RFC 9110 §5.6.3). */
  private void beforeExtension(int c) {
    if (c != ';' && c != ' ' && c != '\t') {
      throw new HttpException(400, "expected CRLF or ; after a chunk size (RFC 9112 §7.1)");
    }
    state = c == ';' ? State.EXTENSION : State.BEFORE_EXTENSION;
    extension(c);
  }

  private void extension(int c) {
    if (c == '\r') {
      state = State.SIZE_LF;
    } else if (!HttpChars.isFieldValue(c)) {
      throw new HttpException(400, "control character in a chunk extension (RFC 9112 §7.1.1)");
    } else if (++extensionBytes > MAX_EXTENSION_BYTES) {
      throw new HttpException(400, "the chunk extensions are too long (RFC 9112 §7.1.1)");
    }
  }

  private void beginChunk() {
    if (chunkRemaining > maxBodyBytes - bodyBytes) {
      throw BodyFraming.tooLong();
    }
    bodyBytes += chunkRemaining;
    sizeDigits = 0;
    state = chunkRemaining == 0 ? State.TRAILER_START : State.DATA;
  }

  private void trailer(int c) {
    if (++trailerBytes > MAX_TRAILER_BYTES) {
      throw new HttpException(431, "the trailer fields are too long");
    }
    if (state == State.TRAILER_LF) {
      expect('\n', c);
      state = State.TRAILER_START;
    } else if (state == State.TRAILER_VALUE) {
      if (c == '\r') {
        state = State.TRAILER_LF;
      } else if (!HttpChars.isFieldValue(c)) {
        throw new HttpException(400, "control character in a trailer field (RFC 9110 §5.5)");
      }
    } else if (state == State.TRAILER_START && c == '\r') {
      state = State.END_LF;
    } else if (HttpChars.isToken(c)) {
      state = State.TRAILER_NAME;
    } else if (state == State.TRAILER_NAME && c == ':') {
      state = State.TRAILER_VALUE;
    } else {
      throw new HttpException(400, "expected a trailer field (RFC 9112 §7.1.2)");
    }
  }

  private static void expect(int expected, int c) {
    if (c != expected) {
      throw new HttpException(400, "expected CRLF in the chunk framing (RFC 9112 §7.1)");
    }
  }
}
