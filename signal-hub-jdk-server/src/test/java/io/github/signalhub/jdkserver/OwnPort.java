package io.github.signalhub.jdkserver;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for tests that look at a port after its server has stopped, or start another server there.
 * Systems give free ports to others from 32,768 on (Linux) or 49,152 on. These are below, so nobody
 * is given one that a test has freed.
 */
public final class OwnPort {
  private static final int FIRST = 10_000;
  private static final int END = 32_768;

  private OwnPort() {}

  /** Returns a port where nothing listens. */
  public static int next() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (BindException e) {
        // in use: another one
      }
    }
  }
}
