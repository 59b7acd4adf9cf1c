package io.github.signalhub.jdkserver.internal.exchange;

import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request's body as a handler reads it. A client that waits for {@code 100 Continue} is asked at
 * the first read, so a handler that refuses by the head alone never makes it send its body. Meant
 * for one reader at a time; everything else is thread-safe.
 */
final class RequestBody extends InputStream {
  /** How much of what a handler left unread is discarded to save the connection, in bytes. */
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

  /** Asks the client to send its body; returns whether that was not too late. */
  interface AskForBody {
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
      throw e; // by the application: the body is as good as before
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

  /** Ends reading; what is left of the body is discarded once the response is complete. */
  @Override
  public void close() {
    closed = true;
  }

  /** Returns whether reading failed. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Returns whether the next request may be found after this body, which is read to its end or can
   * be discarded. A client that was not asked for its body by the time of the response may or may
   * not send it (RFC 9110 §10.1.1).
   */
  boolean canBeFollowed() {
    return !broken && !awaitsContinue && (ended || isShort());
  }

  private boolean isShort() {
    return (hasLength && unread.get() <= MAX_DISCARDED_BYTES) || channel.hasWholeRequest();
  }

  /** Returns why the body is unacceptable, if that was found while it was read. */
  Optional<HttpException> refusal() {
    return Optional.ofNullable(refusal);
  }

  /**
   * Reads what is left if that is not too long, so that a broken body gets the answer that it
   * deserves.
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
