package io.github.signalhub.redis;

import io.github.signalhub.redis.internal.link.RedisLink;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis of a test: {@code redis-server} of the path, or else that of the jar of embedded-redis.
 * {@code -Dredis.server=…} names another. Without any, tests fail. Confined to one thread, but for
 * {@link #call}.
 */
public final class RedisProcess implements AutoCloseable {
  private static final File BINARY = binary();
  private static final JedisClientConfig CONFIG =
      DefaultJedisClientConfig.builder().serverDefaultProtocol().build();

  private final int port;
  private final Path folder;
  private final List<String> options;
  private JedisClientConfig config = CONFIG;
  private Process process;

  private RedisProcess(int port, List<String> options) throws IOException {
    this.port = port;
    this.options = options;
    folder = Files.createTempDirectory("signal-hub-redis-");
  }

  /** Starts a server that forgets everything when it ends, unless options say otherwise. */
  public static RedisProcess start(String... options) throws Exception {
    RedisProcess redis = new RedisProcess(freePort(), List.of(options));
    redis.restart();
    return redis;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Returns the port. */
  public int port() {
    return port;
  }

  Path folder() {
    return folder;
  }

  /** Returns host and port. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  String url() {
    return "redis://" + address();
  }

  /** Logs in as another user from now on. */
  void logIn(String user, String password) {
    config =
        DefaultJedisClientConfig.builder()
            .serverDefaultProtocol()
            .user(user)
            .password(password)
            .build();
  }

  /** Starts again after {@link #kill}. */
  public void restart() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                BINARY.toString(),
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--save",
                "",
                "--repl-diskless-sync-delay",
                "0"));
    command.addAll(options);
    start(command);
    await(this::isUp);
  }

  private boolean isUp() {
    try {
      return call("PING").equals("PONG");
    } catch (JedisAccessControlException e) {
      return true; // it asks for a password
    }
  }

  private void start(List<String> command) throws IOException {
    File log = folder.resolve("log").toFile();
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
  }

  /**
   * Starts a sentinel of a master named {@code main}, which gives up a master after half a second.
   */
  static RedisProcess sentinel(RedisProcess master, String... lines) throws Exception {
    RedisProcess sentinel = new RedisProcess(freePort(), List.of());
    Path file = sentinel.folder.resolve("sentinel.conf");
    List<String> all =
        new ArrayList<>(
            List.of(
                "port " + sentinel.port,
                "bind 127.0.0.1",
                "dir " + sentinel.folder,
                "sentinel monitor main 127.0.0.1 " + master.port + " 1",
                "sentinel down-after-milliseconds main 500",
                "sentinel failover-timeout main 2000"));
    all.addAll(List.of(lines));
    Files.write(file, all);
    sentinel.start(List.of(BINARY.toString(), file.toString(), "--sentinel"));
    await(sentinel::isUp);
    return sentinel;
  }

  /** Ends the process at once, as {@code kill -9} does. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Stops the process without ending it. */
  void pause() throws IOException {
    signal("-STOP");
  }

  /** Lets the process go on. */
  void resume() throws IOException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException {
    new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().onExit().join();
  }

  /** Runs a command over a connection of its own. Thread-safe. */
  public Object call(String command, Object... arguments) {
    try (RedisLink link = new RedisLink(new HostAndPort("127.0.0.1", port), config)) {
      return readable(link.call(Command.valueOf(command.toUpperCase(Locale.ROOT)), arguments));
    }
  }

  private static Object readable(Object answer) {
    if (answer instanceof byte[] bytes) {
      return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    } else if (answer instanceof List<?> list) {
      return list.stream().map(RedisProcess::readable).toList();
    }
    return answer;
  }

  /** What can be tried again. */
  interface Attempt {
    boolean succeeds() throws Exception;
  }

  /** Tries for thirty seconds. */
  static void await(Attempt attempt) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        if (attempt.succeeds()) {
          return;
        }
      } catch (JedisException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("waited for thirty seconds");
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    resume();
    kill();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }

  private static File binary() {
    String named = System.getProperty("redis.server", "");
    if (!named.isEmpty()) {
      return new File(named);
    }
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> new File(folder, "redis-server"))
        .filter(File::canExecute)
        .findFirst()
        .orElseGet(RedisProcess::embedded);
  }

  private static File embedded() {
    try {
      return ExecutableProvider.newJarResourceProvider().get();
    } catch (IOException e) {
      throw new UncheckedIOException("no redis-server on the path, and none for this machine", e);
    }
  }
}
