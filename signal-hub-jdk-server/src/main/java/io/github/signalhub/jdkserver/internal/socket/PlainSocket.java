package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The socket itself. It holds no bytes. Confined to the loop. */
public class PlainSocket implements ByteSocket {
  private final SocketChannel channel;
  private long sentBytes;

  public PlainSocket(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public int read(ByteBuffer in) throws IOException {
    return channel.read(in);
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
    int written = channel.write(out);
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
    channel.shutdownOutput();
  }

  /** Does nothing, because closing the socket tells the peer. */
  @Override
  public void sayEnd() {}
}
