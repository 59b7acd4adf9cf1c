package io.github.signalhub.benchmarks.nodes;

import io.github.signalhub.benchmarks.race.Machine;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis in a process of its own, on a free loopback port: {@code redis-server} of the path, or
 * else that of the jar of embedded-redis. Not thread-safe.
 */
final class RedisServer implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Path folder;
  private final int port;
  private final List<String> command;
  private Process process;
  private Jedis control;

  /** Starts a server without persistence, unless options say otherwise. */
  RedisServer(String... options) throws IOException, InterruptedException {
    folder = Files.createTempDirectory("signal-hub-nodes-");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    command = new ArrayList<>(List.of(binary(), "--bind", "127.0.0.1", "--save", ""));
    command.addAll(List.of("--port", Integer.toString(port), "--dir", folder.toString()));
    // A rewrite of the file in between would take CPU in one round and not in the other.
    command.addAll(List.of("--auto-aof-rewrite-percentage", "0"));
    command.addAll(List.of(options));
    restart();
  }

  private static String binary() throws IOException {
    return Machine.program("redis-server")
        .map(Path::toString)
        .orElse(ExecutableProvider.newJarResourceProvider().get().toString());
  }

  int port() {
    return port;
  }

  /** Returns a new connection. */
  Jedis connect() {
    return new Jedis("127.0.0.1", port);
  }

  /** Ends the process at once, as a crash does. */
  void kill() {
    control.close();
    process.destroyForcibly().onExit().join();
  }

  /** Starts the process, and returns when it answers. */
  void restart() throws IOException, InterruptedException {
    File log = folder.resolve("log").toFile();
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    for (long start = System.nanoTime(); ; Thread.sleep(1)) {
      Jedis attempt = connect();
      try {
        attempt.ping();
        control = attempt;
        return;
      } catch (JedisException e) {
        attempt.close();
        if (System.nanoTime() - start > PATIENCE_NANOS) {
          throw new IOException("expected an answer of " + command + " within 30 s", e);
        }
      }
    }
  }

  /** Forgets everything. */
  void clear() {
    control.flushAll();
  }

  String version() {
    return info("server", "redis_version");
  }

  /** Returns the CPU time so far. */
  double cpuMicros() {
    String info = control.info("cpu");
    return 1e6
        * (Double.parseDouble(field(info, "used_cpu_sys"))
            + Double.parseDouble(field(info, "used_cpu_user")));
  }

  /** Returns the memory of the keys and values. */
  long dataBytes() {
    return Long.parseLong(info("memory", "used_memory_dataset"));
  }

  /** Returns how many entries the streams have. */
  long entries() {
    return control.keys("*").stream()
        .filter(key -> control.type(key).equals("stream"))
        .mapToLong(control::xlen)
        .sum();
  }

  private String info(String section, String name) {
    return field(control.info(section), name);
  }

  private static String field(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() throws IOException {
    kill();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
