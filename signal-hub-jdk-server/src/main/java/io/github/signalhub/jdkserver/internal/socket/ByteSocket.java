package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * The bytes of a connection as its stages see them: those of the socket, or what TLS makes of them.
 * Never blocks. Confined to the loop.
 */
public interface ByteSocket {
  /**
   * Reads what is there, as far as {@code in} has room.
   *
   * @return how many bytes; 0 if there are none for now; -1 if the peer sends nothing more
   */
  int read(ByteBuffer in) throws IOException;

  /**
   * Returns whether reading can lead to anything now; if not, {@link SocketConnection#retryRead}
   * follows once it can, or the socket has to become writable first.
   */
  boolean canRead();

  /** Returns whether {@link #read} has something to do although the socket may have nothing. */
  boolean hasUnread();

  /**
   * Takes bytes, as many as it has room for, and writes what the socket accepts.
   *
   * @return how many it took: they will be written before anything else
   */
  int write(ByteBuffer out) throws IOException;

  /**
   * Writes what was taken and is not written yet.
   *
   * @return whether nothing of it is left
   */
  boolean flush() throws IOException;

  /** Returns whether something was taken and is not written yet. */
  boolean hasUnsent();

  /** Returns how many bytes the socket has accepted in all. */
  long sentBytes();

  /** Returns the session of TLS, if there is one. */
  default Optional<SSLSession> sslSession() {
    return Optional.empty();
  }

  /** Says that nothing more will be written, once everything that was taken is. */
  void shutdownOutput() throws IOException;

  /** Says that this is the end, if the socket has words for that and can say them at once. */
  void sayEnd() throws IOException;
}
