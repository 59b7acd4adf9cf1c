package io.github.signalhub.jdkserver.internal.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Encrypted records that the socket did not accept yet. They are at most one loop's buffer, because
 * nothing is encrypted while some of them wait. Confined to the loop.
 */
final class UnsentRecords {
  private final SocketChannel channel;
  private ByteBuffer waiting; // null if there are none
  private long sentBytes;

  UnsentRecords(SocketChannel channel) {
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
      sentBytes += channel.write(records);
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
      sentBytes += channel.write(waiting);
      waiting = waiting.hasRemaining() ? waiting : null;
    }
    return waiting == null;
  }
}
