package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A socket of a proxy that has not said yet who its client is. Reads the {@link ProxyHeader}, and
 * not a byte more. Then another socket takes its place. Confined to the loop.
 */
public final class ProxiedSocket extends PlainSocket {
  private final OnHeader onHeader;
  private ByteBuffer header = ByteBuffer.allocate(ProxyHeader.FIRST_BYTES);

  /** Takes the header. */
  public interface OnHeader {
    /**
     * Takes the header, and returns what reads the bytes after it. If this throws, the connection
     * is closed.
     */
    ByteSocket accept(ProxyHeader header) throws IOException;
  }

  public ProxiedSocket(SocketConnection connection, OnHeader onHeader) {
    super(connection);
    this.onHeader = onHeader;
  }

  @Override
  public int read(ByteBuffer in) throws IOException {
    while (true) {
      int count = super.read(header);
      if (header.hasRemaining()) {
        return Math.min(count, 0);
      }
      byte[] received = header.array();
      int length = ProxyHeader.length(received);
      if (received.length == length) {
        return onHeader.accept(ProxyHeader.parse(received)).read(in);
      }
      header = ByteBuffer.allocate(length).put(received);
    }
  }
}
