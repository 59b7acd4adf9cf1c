package io.github.signalhub.jdkserver.internal.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * A connection as one exchange sees it: the body of one request, and the bytes of one response. The
 * room with the sockets implements it, with a bounded buffer in either direction. The loop fills
 * and empties the buffers. The handler's thread blocks.
 *
 * <p>Thread-safe, but only one thread at a time may read the body. {@link #finished} is called
 * exactly once. Threads of the application may read and write after it. Their calls and waits must
 * fail.
 */
public interface ExchangeChannel {
  /** The fate of a connection whose exchange is over. */
  enum Ending {
    /**
     * The response is complete, and the next request may follow. The rest of the request's body is
     * discarded. It is short ({@link #hasWholeRequest}).
     */
    REUSE,
    /**
     * Everything that was written is sent. Then the connection is closed. Bytes of the request may
     * still be on their way. Some are read and discarded, because a reset would destroy the
     * response (RFC 9112 §9.6).
     */
    CLOSE,
    /**
     * The response is incomplete. The connection is reset, so that no client takes it for complete.
     */
    ABORT
  }

  /**
   * Returns the request's body without its framing. Every call returns the same stream. Its reads
   * block until there are bytes, and return -1 at the end of the body. They throw an {@link
   * IOException} if the connection is lost. If the body is unacceptable (broken chunks, too long,
   * too slow), the cause is an {@code HttpException}, which names the answer. The stream need not
   * be closed. The exchange sends {@code 100 Continue}, not the stream.
   */
  InputStream requestBody();

  /**
   * Writes bytes of the response. Blocks while the connection's buffer is full. Returns when all
   * bytes were copied into the buffer, so the caller may reuse its arrays. The bytes are sent
   * without a further call.
   *
   * @param bytes in this order; all of them are consumed
   * @throws IOException if the connection is lost, too slow or closed by the server; every later
   *     call throws, too
   */
  void write(ByteBuffer... bytes) throws IOException;

  /**
   * Ends the exchange. Called exactly once, also after a failure. Does not block and does not
   * throw.
   */
  void finished(Ending ending);

  /** Notes that the server answers with an error of its own, in place of the application. */
  void refused(int status);

  /** Returns whether the request's body has come to its end. It may be unread. */
  boolean hasWholeRequest();

  /**
   * Watches an exchange that the application may forget.
   *
   * @param expired is called at most once, on any thread, if the exchange is not finished and no
   *     byte of it has moved for too long; it does not wait
   */
  void onStandstill(Runnable expired);

  /** Returns the session of TLS; empty without TLS. */
  Optional<SSLSession> sslSession();

  /** Returns the peer's address. */
  InetSocketAddress remoteAddress();

  /** Returns the address at which the connection was accepted. */
  InetSocketAddress localAddress();

  /** Returns whether another request may follow. If not, the response says so. */
  default boolean mayKeepAlive() {
    return true;
  }

  /** Returns the current time as the text of a Date field (RFC 9110 §6.6.1). */
  String date();
}
