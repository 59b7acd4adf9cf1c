package io.github.signalhub.jdkserver.internal.exchange;

import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The body of a request as a handler reads it. A client that waits for {@code 100 Continue} gets it
 * at the first read. So if a handler refuses a request by its head, the client does not send the
 * body. One thread at a time may read. All other methods are thread-safe.
 */
final class RequestBody extends InputStream {
  /** How many unread bytes are discarded to keep the connection. */
  static final int MAX_DISCARDED_BYTES = 64 << 10;

  private static final int DISCARD_BUFFER_BYTES = 8 << 10;

  private final ExchangeChannel channel;
  private final boolean hasLength;
  private final AtomicLong unread; // of a body that has a length
  private volatile boolean awaitsContinue;
  private volatile boolean ended;
  private volatile boolean broken;
  private volatile HttpException refusal;
  private volatile boolean closed;
  private final AskForBody askForBody;

  /** Asks the client to send its body. */
  interface AskForBody {
    /** Returns whether it was not too late to ask. */
    boolean ask() throws IOException;
  }

  RequestBody(BodyFraming framing, ExchangeChannel channel, AskForBody askForBody) {
    this.channel = channel;
    this.askForBody = askForBody;
    hasLength = !framing.chunked();
    unread = new AtomicLong(framing.length());
    awaitsContinue = framing.expectsContinue();
    ended = framing.isEmpty();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (closed) {
      throw new IOException("the request's body is closed");
    }
    return length == 0 ? 0 : readOpen(into, offset, length);
  }

  /** {@inheritDoc} If the rest of the body has come, it is copied once. */
  @Override
  public byte[] readNBytes(int length) throws IOException {
    long rest = hasLength ? unread.get() : Long.MAX_VALUE;
    if (closed || length < rest || rest > available()) {
      return super.readNBytes(length);
    }
    byte[] whole = new byte[(int) rest];
    int read = readNBytes(whole, 0, whole.length);
    return read == whole.length ? whole : Arrays.copyOf(whole, read);
  }

  private int readOpen(byte[] into, int offset, int length) throws IOException {
    if (ended) {
      return -1;
    }
    if (awaitsContinue && !askForBody()) {
      throw new IOException("the client was answered before it was asked for its body");
    }
    try {
      int read = channel.requestBody().read(into, offset, length);
      ended = read < 0;
      unread.addAndGet(-Math.max(0, read));
      return read;
    } catch (InterruptedIOException e) {
      throw e; // the application interrupted; the body is not broken
    } catch (IOException e) {
      broken = true;
      if (e.getCause() instanceof HttpException cause) {
        refusal = cause;
      }
      throw e;
    }
  }

  private boolean askForBody() throws IOException {
    boolean asked = askForBody.ask();
    awaitsContinue = !asked;
    return asked;
  }

  @Override
  public int available() throws IOException {
    return closed || ended || awaitsContinue || broken ? 0 : channel.requestBody().available();
  }

  /** Ends reading. The rest of the body is discarded when the response is complete. */
  @Override
  public void close() {
    closed = true;
  }

  /** Returns whether reading failed. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Returns whether the next request can be found after this body: it was read to its end, or can
   * be discarded. A client that waits to be asked for its body may get a response first. Then it
   * may or may not send the body (RFC 9110 §10.1.1).
   */
  boolean canBeFollowed() {
    return !broken && !awaitsContinue && (ended || isShort());
  }

  private boolean isShort() {
    return (hasLength && unread.get() <= MAX_DISCARDED_BYTES) || channel.hasWholeRequest();
  }

  /** Returns why the body is unacceptable; empty if no read has found that. */
  Optional<HttpException> refusal() {
    return Optional.ofNullable(refusal);
  }

  /**
   * Reads the rest if it is short, so that a broken body gets the answer of its fault.
   *
   * @throws IOException if the body is broken
   */
  void discard() throws IOException {
    if (awaitsContinue || (hasLength && !isShort())) {
      return;
    }
    byte[] discarded = new byte[DISCARD_BUFFER_BYTES];
    int budget = MAX_DISCARDED_BYTES + 1;
    while (!ended && budget > 0) {
      budget -= Math.max(0, readOpen(discarded, 0, Math.min(discarded.length, budget)));
    }
  }
}
