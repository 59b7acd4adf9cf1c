package io.github.signalhub.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a node and its Redis. While it cuts, each link ends after a random number of bytes
 * of one direction, in the midst of a command or of an answer. Thread-safe.
 */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final Random random;
  private final int meanBytes;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isCutting = true;
  private volatile int cuts;

  CuttingProxy(int target, long seed, int meanBytes) throws IOException {
    this.target = target;
    this.random = new Random(seed);
    this.meanBytes = meanBytes;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /** Cuts no more. */
  void stopCutting() {
    isCutting = false;
  }

  int cuts() {
    return cuts;
  }

  private void accept() throws IOException {
    while (true) {
      Socket near = listening.accept();
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      open.add(near);
      open.add(far);
      run(() -> copy(near, far));
      run(() -> copy(far, near));
    }
  }

  private void copy(Socket from, Socket to) throws IOException {
    long budget = budget();
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8192];
      for (int read; (read = in.read(bytes)) >= 0; budget -= read) {
        if (isCutting && read > budget) {
          out.write(bytes, 0, (int) budget);
          cuts++;
          return;
        }
        out.write(bytes, 0, read);
      }
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private synchronized long budget() {
    return (long) (-Math.log(1 - random.nextDouble()) * meanBytes);
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void run(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // the other end is gone
              }
            },
            "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
