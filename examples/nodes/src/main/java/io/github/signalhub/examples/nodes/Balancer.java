package io.github.signalhub.examples.nodes;

import static java.net.InetAddress.getLoopbackAddress;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Relays each connection to one of the nodes, in turn. It passes over nodes that refuse it, and
 * knows no sessions: a client that comes back may get any node. A connection ends with its node.
 *
 * <p>It stands for the balancer of your site, and has two threads for each connection. Thread-safe.
 */
final class Balancer implements AutoCloseable {
  private final ServerSocket server;
  private final Map<String, Integer> ports = new ConcurrentSkipListMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "balancer");
            thread.setDaemon(true);
            return thread;
          });

  /** Listens on the loopback address. Without nodes it closes every connection. */
  Balancer(int port) throws IOException {
    server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(getLoopbackAddress(), port));
    } catch (IOException e) {
      server.close();
      throw e;
    }
    threads.execute(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Sends connections to a node. It listens on the loopback address. */
  void add(String node, int port) {
    ports.put(node, port);
  }

  /** Sends no more connections to a node. */
  void remove(String node) {
    ports.remove(node);
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdown();
  }

  private void accept() {
    for (int turn = 0; ; turn++) {
      try {
        Socket client = server.accept();
        int first = turn;
        threads.execute(() -> relay(client, first));
      } catch (IOException e) {
        return; // it is closed
      }
    }
  }

  private void relay(Socket client, int turn) {
    Optional<Socket> node = connect(turn);
    if (node.isEmpty()) {
      close(client);
      return;
    }
    threads.execute(() -> copy(node.get(), client));
    copy(client, node.get());
  }

  private Optional<Socket> connect(int turn) {
    List<Integer> all = List.copyOf(ports.values());
    for (int i = 0; i < all.size(); i++) {
      try {
        int port = all.get(Math.floorMod(turn + i, all.size()));
        return Optional.of(new Socket(getLoopbackAddress(), port));
      } catch (IOException e) {
        // the next one may take it
      }
    }
    return Optional.empty();
  }

  /** Copies until one side ends. Then the other one ends, too. */
  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      to.setTcpNoDelay(true);
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      // one side is gone
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is gone
    }
  }
}
