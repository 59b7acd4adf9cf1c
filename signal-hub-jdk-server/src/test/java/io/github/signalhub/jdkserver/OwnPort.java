package io.github.signalhub.jdkserver;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for tests that use a port after its server has stopped, or start another server there.
 * Systems give out free ports from 32,768 on (Linux) or 49,152 on. These ports are lower, so no
 * process gets one that a test has freed.
 */
public final class OwnPort {
  private static final int FIRST = 10_000;
  private static final int END = 32_768;

  private OwnPort() {}

  /** Returns a port without a listener. */
  public static int next() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (BindException e) {
        // in use: try another one
      }
    }
  }
}
