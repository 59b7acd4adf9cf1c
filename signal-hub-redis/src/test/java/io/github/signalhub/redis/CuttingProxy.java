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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a node and its Redis. While it cuts, each link ends after a random number of bytes
 * of one direction, in the midst of a command or of an answer. Thread-safe.
 */
final class CuttingProxy implements AutoCloseable {
  /** Answers to publications are so short that few of them are enough. */
  private static final int FEW_BYTES = 600;

  private final ServerSocket listening;
  private final int target;
  private final Random random;
  private final int meanBytes;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isCutting = true;
  private final AtomicInteger cuts = new AtomicInteger();

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
    return cuts.get();
  }

  private void accept() throws IOException {
    while (true) {
      Socket near = listening.accept();
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      open.add(near);
      open.add(far);
      long asked = budget(meanBytes);
      long answered = budget(random.nextInt(4) == 0 ? FEW_BYTES : meanBytes);
      run(() -> copy(near, far, asked));
      run(() -> copy(far, near, answered));
    }
  }

  private void copy(Socket from, Socket to, long bytesUntilTheCut) throws IOException {
    long budget = bytesUntilTheCut;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8192];
      for (int read; (read = in.read(bytes)) >= 0; budget -= read) {
        if (isCutting && read > budget) {
          out.write(bytes, 0, (int) budget);
          cuts.incrementAndGet();
          return;
        }
        out.write(bytes, 0, read);
      }
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private long budget(int meanBytes) {
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
