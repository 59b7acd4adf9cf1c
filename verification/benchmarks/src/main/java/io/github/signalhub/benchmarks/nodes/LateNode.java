package io.github.signalhub.benchmarks.nodes;

import io.github.signalhub.Hub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A node that comes late, in a new process. Its code is not compiled yet, like that of a real late
 * node. It is ready when it has all that Redis retains.
 */
final class LateNode {
  private LateNode() {}

  /** Starts a node, and prints after how many milliseconds it was ready, and its newest id. */
  public static void main(String[] args) {
    long start = System.nanoTime();
    Hub hub = HubPair.hub(Integer.parseInt(args[0]));
    System.out.println((System.nanoTime() - start) / 1e6 + " " + hub.lastId());
    System.exit(0);
  }

  /**
   * Starts a node in a process of its own.
   *
   * @param lastId the newest id of the hub
   * @return after how many milliseconds it was ready
   * @throws IOException if it has not all that the hub has
   */
  static double readyMillis(RedisServer redis, String lastId) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LateNode.class.getName(),
                Integer.toString(redis.port()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String[] said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .strip()
            .split(" ");
    if (said.length != 2 || !said[1].equals(lastId)) {
      throw new IOException("expected a node with " + lastId + ", was " + String.join(" ", said));
    }
    return Double.parseDouble(said[0]);
  }
}
