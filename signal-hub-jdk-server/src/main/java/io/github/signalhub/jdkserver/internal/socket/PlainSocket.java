package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The socket itself. It holds no bytes. Confined to the loop. */
public class PlainSocket implements ByteSocket {
  private final SocketConnection connection;
  private long sentBytes;

  /** Reads and writes by the channel of this connection. */
  public PlainSocket(SocketConnection connection) {
    this.connection = connection;
  }

  @Override
  public int read(ByteBuffer in) throws IOException {
    int count = connection.channel().read(in);
    connection.loop().readBytes().add(Math.max(0, count));
    return count;
  }

  @Override
  public boolean canRead() {
    return true;
  }

  @Override
  public boolean hasUnread() {
    return false;
  }

  @Override
  public int write(ByteBuffer out) throws IOException {
    int written = connection.channel().write(out);
    connection.loop().writtenBytes().add(written);
    sentBytes += written;
    return written;
  }

  @Override
  public boolean flush() {
    return true;
  }

  @Override
  public boolean hasUnsent() {
    return false;
  }

  @Override
  public long sentBytes() {
    return sentBytes;
  }

  @Override
  public void shutdownOutput() throws IOException {
    connection.channel().shutdownOutput();
  }

  /** Does nothing, because closing the socket tells the peer. */
  @Override
  public void sayEnd() {}
}
