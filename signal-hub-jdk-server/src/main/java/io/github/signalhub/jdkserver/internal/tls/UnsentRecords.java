package io.github.signalhub.jdkserver.internal.tls;

import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Encrypted records that the socket did not accept yet. They are at most one loop's buffer, because
 * nothing is encrypted while some of them wait. Confined to the loop.
 */
final class UnsentRecords {
  private final NioLoop loop;
  private final SocketChannel channel;
  private ByteBuffer waiting; // null if there are none
  private long sentBytes;

  UnsentRecords(NioLoop loop, SocketChannel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  boolean isWaiting() {
    return waiting != null;
  }

  /** Returns how many bytes the socket has accepted in all. */
  long sentBytes() {
    return sentBytes;
  }

  /** Writes records while none wait. Copies those that the socket does not accept. */
  void write(ByteBuffer records) throws IOException {
    if (records.hasRemaining()) {
      send(records);
      if (records.hasRemaining()) {
        waiting = ByteBuffer.allocate(records.remaining()).put(records).flip();
      }
    }
  }

  /**
   * Writes the records that wait.
   *
   * @return whether none are left
   */
  boolean flush() throws IOException {
    if (waiting != null) {
      send(waiting);
      waiting = waiting.hasRemaining() ? waiting : null;
    }
    return waiting == null;
  }

  private void send(ByteBuffer records) throws IOException {
    int written = channel.write(records);
    loop.writtenBytes().add(written);
    sentBytes += written;
  }
}
