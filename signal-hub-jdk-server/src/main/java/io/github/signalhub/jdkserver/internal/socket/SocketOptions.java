package io.github.signalhub.jdkserver.internal.socket;

import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import java.time.Duration;

/**
 * The options of all sockets. Immutable.
 *
 * @param writeTimeout how long a peer may take no byte of what is written
 * @param sendBufferBytes how much the system holds of what one connection is sent
 */
public record SocketOptions(Duration writeTimeout, int sendBufferBytes) {
  private static final int LEAST_SEND_BUFFER_BYTES = 4 << 10;
  private static final int MOST_SEND_BUFFER_BYTES = 16 << 20;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if an option is out of its range
   */
  public SocketOptions {
    TimerWheel.requireTimeout(writeTimeout, "writeTimeout");
    if (sendBufferBytes < LEAST_SEND_BUFFER_BYTES || sendBufferBytes > MOST_SEND_BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "expected sendBufferBytes of 4 KiB to 16 MiB, was " + sendBufferBytes);
    }
  }
}
