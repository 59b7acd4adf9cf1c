package io.github.signalhub.jdkserver.internal.exchange;

import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;

/**
 * A request's body as a handler reads it. A client that waits for {@code 100 Continue} is asked at
 * the first read, so a handler that refuses by the head alone never makes it send its body. Not
 * thread-safe.
 */
final class RequestBody extends InputStream {
  /** How much of what a handler left unread is discarded to save the connection, in bytes. */
  static final int MAX_DRAINED_BYTES = 64 << 10;

  private static final int DRAIN_BUFFER_BYTES = 8 << 10;

  private final ExchangeChannel channel;
  private boolean awaitsContinue;
  private boolean tooLateToAsk;
  private boolean ended;
  private boolean broken;
  private boolean tooLong;
  private HttpException refusal;
  private volatile boolean closed;

  RequestBody(BodyFraming framing, ExchangeChannel channel) {
    this.channel = channel;
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
    if (awaitsContinue && tooLateToAsk) {
      throw new IOException("the client was answered before it was asked for its body");
    }
    try {
      askForBody();
      int read = channel.requestBody().read(into, offset, length);
      ended = read < 0;
      return read;
    } catch (IOException e) {
      broken = true;
      if (e.getCause() instanceof HttpException cause) {
        refusal = cause;
      }
      throw e;
    }
  }

  private void askForBody() throws IOException {
    if (awaitsContinue) {
      awaitsContinue = false;
      channel.write(ResponseHead.continueResponse());
    }
  }

  @Override
  public int available() throws IOException {
    return closed || ended || awaitsContinue || broken ? 0 : channel.requestBody().available();
  }

  /** Ends reading; what is left of the body is not looked at before the response is on its way. */
  @Override
  public void close() {
    closed = true;
  }

  /** Says that the response has begun: the client can no longer be asked for its body. */
  void responseBegins() {
    tooLateToAsk = true;
  }

  /** Returns whether reading failed. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Returns whether the next request may be found behind this body. A client that was not asked for
   * its body by the time of the response may or may not send it (RFC 9110 §10.1.1).
   */
  boolean canBeFollowed() {
    return !broken && !tooLong && !awaitsContinue;
  }

  /** Returns why the body is unacceptable, if that was found while it was read. */
  Optional<HttpException> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Discards the rest of the body within bounds; returns whether its end was reached. */
  boolean drain() {
    if (ended || !canBeFollowed()) {
      return ended;
    }
    byte[] discarded = new byte[DRAIN_BUFFER_BYTES];
    int budget = MAX_DRAINED_BYTES;
    try {
      while (!ended && budget > 0) {
        budget -= Math.max(0, readOpen(discarded, 0, Math.min(discarded.length, budget)));
      }
      tooLong = !ended && readOpen(discarded, 0, 1) >= 0;
      return ended;
    } catch (IOException e) {
      return false; // nobody waits for these bytes: the connection is simply not used again
    }
  }
}
