package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * The bytes of a connection as its stages see them: those of the socket itself, or those inside
 * TLS. Never blocks. Confined to the loop.
 */
public interface ByteSocket {
  /**
   * Reads what is there, until {@code in} is full.
   *
   * @return the number of bytes; 0 if there are none for now; -1 if the peer sends nothing more
   */
  int read(ByteBuffer in) throws IOException;

  /**
   * Returns whether a read can lead to anything now. If not, a call of {@link
   * SocketConnection#retryRead} follows, or the socket has to become writable first.
   */
  boolean canRead();

  /** Returns whether {@link #read} has work to do although the socket may have no bytes. */
  boolean hasUnread();

  /**
   * Takes as many bytes as it has room for, and writes those that the socket accepts.
   *
   * @return how many bytes it took; it writes them before any others
   */
  int write(ByteBuffer out) throws IOException;

  /**
   * Writes bytes that were taken and not written yet.
   *
   * @return whether none of them are left
   */
  boolean flush() throws IOException;

  /** Returns whether bytes were taken and are not written yet. */
  boolean hasUnsent();

  /** Returns how many bytes the socket has accepted in all. */
  long sentBytes();

  /** Returns the session of TLS; empty without TLS. */
  default Optional<SSLSession> sslSession() {
    return Optional.empty();
  }

  /** Returns the client that a certificate names; empty without one, and without TLS. */
  default Optional<Principal> principal() {
    return Optional.empty();
  }

  /** Ends the output after the bytes that were taken. */
  void shutdownOutput() throws IOException;

  /** Tells the peer that the connection ends, if that is possible at once. */
  void sayEnd() throws IOException;
}
