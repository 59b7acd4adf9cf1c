package io.github.signalhub.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Compares a broadcast to many clients by this library and by Java-WebSocket. The two servers take
 * turns, each in its own process with the same heap. Prints the medians and their ratio. Only the
 * ratio is meaningful.
 */
final class Compare {
  private static final int WARM_UP = 3;

  private final int clients;
  private final int messages;
  private final int bytes;
  private final int rounds;

  Compare(int clients, int messages, int bytes, int rounds) {
    this.clients = clients;
    this.messages = messages;
    this.bytes = bytes;
    this.rounds = rounds;
  }

  void run() throws IOException, InterruptedException {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    try (Server hub = new Server("broadcast", "--port", "0");
        Server peer = new Server("peer");
        LoadClients hubClients = new LoadClients(hub.port, clients);
        LoadClients peerClients = new LoadClients(peer.port, clients)) {
      for (int i = 0; i < WARM_UP + rounds; i++) {
        double hubMillis = hubClients.broadcast(messages, bytes) / 1e6;
        double peerMillis = peerClients.broadcast(messages, bytes) / 1e6;
        if (i >= WARM_UP) {
          ours.add(hubMillis);
          theirs.add(peerMillis);
        }
      }
      System.out.printf(
          "%d clients, %d messages of %d bytes, median of %d rounds%n",
          clients, messages, bytes, rounds);
      System.out.printf(
          "signal-hub      %8.1f ms, %6d ms CPU in all%n", median(ours), hub.cpu().toMillis());
      System.out.printf(
          "Java-WebSocket  %8.1f ms, %6d ms CPU in all%n", median(theirs), peer.cpu().toMillis());
      System.out.printf(
          "ratio           %8.2f time, %.2f CPU%n",
          median(ours) / median(theirs), (double) hub.cpu().toMillis() / peer.cpu().toMillis());
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  /** A server in its own process. It prints its port as the last word of its first line. */
  private static final class Server implements AutoCloseable {
    final int port;
    private final Process process;

    Server(String... command) throws IOException {
      List<String> line =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Main.class.getName()));
      line.addAll(List.of(command));
      process = new ProcessBuilder(line).redirectError(Redirect.DISCARD).start();
      BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()));
      String ready = out.readLine();
      if (ready == null) {
        throw new IOException("the server " + command[0] + " did not start");
      }
      port = Integer.parseInt(ready.substring(ready.lastIndexOf(' ') + 1));
    }

    Duration cpu() {
      return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
