package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.Principal;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * A socket of a proxy that says who its client is. Reads the {@link ProxyHeader}, and not a byte
 * more. Then everything is that of the socket behind it. Confined to the loop.
 */
public final class ProxiedSocket implements ByteSocket {
  private final SocketChannel channel;
  private final ByteSocket inner;
  private final OnHeader onHeader;
  private ByteBuffer header = ByteBuffer.allocate(ProxyHeader.FIRST_BYTES); // null when it is read

  /** Takes the header. */
  public interface OnHeader {
    /** Takes the header. If this throws, the connection is closed. */
    void accept(ProxyHeader header) throws IOException;
  }

  /**
   * Creates a socket.
   *
   * @param inner has not read or written yet
   */
  public ProxiedSocket(SocketChannel channel, ByteSocket inner, OnHeader onHeader) {
    this.channel = channel;
    this.inner = inner;
    this.onHeader = onHeader;
  }

  @Override
  public int read(ByteBuffer in) throws IOException {
    while (header != null) {
      int count = channel.read(header);
      if (header.hasRemaining()) {
        return Math.min(count, 0);
      }
      readHeader(header.array());
    }
    return inner.read(in);
  }

  private void readHeader(byte[] received) throws IOException {
    int length = ProxyHeader.length(received);
    if (received.length < length) {
      header = ByteBuffer.allocate(length).put(received);
    } else {
      header = null;
      onHeader.accept(ProxyHeader.parse(received));
    }
  }

  @Override
  public boolean canRead() {
    return header != null || inner.canRead();
  }

  @Override
  public boolean hasUnread() {
    return header == null && inner.hasUnread();
  }

  @Override
  public int write(ByteBuffer out) throws IOException {
    return inner.write(out);
  }

  @Override
  public boolean flush() throws IOException {
    return inner.flush();
  }

  @Override
  public boolean hasUnsent() {
    return inner.hasUnsent();
  }

  @Override
  public long sentBytes() {
    return inner.sentBytes();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return inner.sslSession();
  }

  @Override
  public Optional<Principal> principal() {
    return inner.principal();
  }

  @Override
  public void shutdownOutput() throws IOException {
    inner.shutdownOutput();
  }

  @Override
  public void sayEnd() throws IOException {
    inner.sayEnd();
  }
}
