package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * The send buffer that the system keeps for one socket: bytes that were written and that the peer's
 * system has not acknowledged. The buffer has a fixed limit. Otherwise Linux lets it grow to
 * megabytes, which no timeout and no hub sees.
 *
 * <p>Java cannot ask how full the buffer is. But Linux reports a socket as writable while at most
 * two thirds of its limit are queued. The limit can be moved at any time. So the least limit at
 * which the socket is writable tells how much is queued. Other systems report a socket as writable
 * as soon as there is any room. On these the buffer counts as empty.
 *
 * <p>Confined to the loop.
 */
public final class SendBuffer {
  private static final boolean TELLS = System.getProperty("os.name").startsWith("Linux");

  /** A buffer that is writable at this limit counts as empty. It holds one or two small packets. */
  private static final int LEAST_BYTES = 4 << 10;

  /** The system may fill a packet that it began below the limit, up to this length. */
  private static final int MAX_PACKET_BYTES = 64 << 10;

  /** The precision of the search. A difference that is not larger may be none. */
  public static final int PRECISION_BYTES = 4 << 10;

  private final SocketChannel channel;
  private final Selector probe;
  private final int searchedBytes;
  private int limit;

  /**
   * Looks at the buffer of a socket.
   *
   * @param probe a selector without keys
   * @param bytes the limit that {@link #limit} has set
   */
  SendBuffer(SocketChannel channel, Selector probe, int bytes) {
    this.channel = channel;
    this.probe = probe;
    this.searchedBytes = bytes + bytes / 2 + MAX_PACKET_BYTES;
    this.limit = bytes;
  }

  /**
   * Limits the buffer of a socket.
   *
   * @param bytes the limit; Linux doubles it, and counts its own overhead
   */
  static void limit(SocketChannel channel, int bytes) throws IOException {
    channel.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
  }

  /** Makes the socket writable only when the buffer is almost empty. */
  void narrow() throws IOException {
    if (TELLS) {
      limit = Math.min(limit, LEAST_BYTES);
      limit(channel, limit);
    }
  }

  /** Returns whether the peer's system has taken all but one or two packets. */
  boolean isEmpty() throws IOException {
    return queuedBytes(true) == 0;
  }

  /**
   * Returns how many bytes are queued, with the system's overhead. The result is 0 for one or two
   * packets. Otherwise it is up to {@link #PRECISION_BYTES} too high.
   */
  int queuedBytes() throws IOException {
    return queuedBytes(false);
  }

  private int queuedBytes(boolean roughly) throws IOException {
    if (!TELLS) {
      return 0;
    }
    SelectionKey key = channel.register(probe, SelectionKey.OP_WRITE);
    try {
      if (isWritableAt(LEAST_BYTES)) {
        return 0;
      }
      int low = LEAST_BYTES;
      int high = searchedBytes;
      while (!roughly && high - low > PRECISION_BYTES / 2) {
        int middle = (low + high) >>> 1;
        if (isWritableAt(middle)) {
          high = middle;
        } else {
          low = middle;
        }
      }
      return high / 3 * 4; // two thirds of the doubled limit
    } finally {
      key.cancel();
      probe.selectNow(); // forgets the key
      limit(channel, limit);
    }
  }

  private boolean isWritableAt(int bytes) throws IOException {
    limit(channel, bytes);
    boolean writable = probe.selectNow() > 0;
    probe.selectedKeys().clear();
    return writable;
  }
}
