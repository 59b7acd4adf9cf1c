package io.github.signalhub.jdkserver.internal.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * A connection as one exchange sees it: one request's body in, one response's bytes out. It is
 * implemented where the sockets are, with a bounded buffer either way: the loop feeds and drains,
 * the handler's thread blocks.
 *
 * <p>Thread-safe, except that one thread at a time reads the body. {@link #finished} comes exactly
 * once. Threads that the application left behind may still read and write then: what they do, or
 * wait for, must fail.
 */
public interface ExchangeChannel {
  /** What is to become of the connection once an exchange is over. */
  enum Ending {
    /**
     * The response is complete and said nothing of an end: the next request may follow. What is
     * left of the request's body is discarded; it is short ({@link #hasWholeRequest}).
     */
    REUSE,
    /**
     * Send what was written, then close. Bytes of the request may still be on their way: read and
     * discard some, lest a reset destroy the response (RFC 9112 §9.6).
     */
    CLOSE,
    /** The response is incomplete: close at once, so that nobody takes it for complete. */
    ABORT
  }

  /**
   * Returns the request's body without its framing; the same stream at every call. Its reads block
   * until there are bytes and return -1 at the end of the body, at once if there is none. They
   * throw an {@link IOException} if the connection is lost; its cause is an {@code HttpException}
   * if the body is unacceptable (broken chunks, too long, too slow), which then names the answer.
   * The stream need not be closed; {@code 100 Continue} is sent by the exchange, not by the stream.
   */
  InputStream requestBody();

  /**
   * Writes bytes of the response: blocks while the connection's buffer is full, and returns once
   * all bytes were copied into it (the caller reuses its arrays). What was written goes out without
   * further ado.
   *
   * @param bytes in this order; consumed entirely
   * @throws IOException if the connection is lost, too slow or closed by the server; every later
   *     call throws, too
   */
  void write(ByteBuffer... bytes) throws IOException;

  /**
   * Ends the exchange; called exactly once, also if something failed. Does not block and does not
   * throw.
   */
  void finished(Ending ending);

  /** Returns whether the request's body has come to its end, whether it was read or not. */
  boolean hasWholeRequest();

  /**
   * Watches over an exchange that the application may forget.
   *
   * @param expired is called, at most once and on any thread, if the exchange is not finished and
   *     no byte of its request or response has moved for as long as it may stand still. It does not
   *     wait
   */
  void onStandstill(Runnable expired);

  /** Returns the session of TLS, if the connection is encrypted. */
  Optional<SSLSession> sslSession();

  /** Returns the peer's address. */
  InetSocketAddress remoteAddress();

  /** Returns the address at which the connection was accepted. */
  InetSocketAddress localAddress();

  /** Returns whether another request may follow; if not, the response says so. */
  default boolean mayKeepAlive() {
    return true;
  }

  /** Returns the current time as the text of a Date field (RFC 9110 §6.6.1). */
  String date();
}
