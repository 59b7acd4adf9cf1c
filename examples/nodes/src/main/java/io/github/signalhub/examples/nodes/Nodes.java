package io.github.signalhub.examples.nodes;

import io.github.signalhub.examples.Main;
import io.github.signalhub.examples.Settings;
import io.github.signalhub.examples.StartupException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import redis.embedded.RedisServer;

/** Starts a Redis, two nodes and a balancer. Starts a node again when it has ended. Thread-safe. */
public final class Nodes implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Nodes.class.getName());
  private static final int COUNT = 2;

  /** Long enough to see that the page went on without the node. */
  private static final Duration RESTART_DELAY = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Consumer<String> out;
  private final ScheduledExecutorService restarts = Executors.newSingleThreadScheduledExecutor();
  private final List<NodeProcess> running = new CopyOnWriteArrayList<>();
  private final Balancer balancer;
  private final RedisServer redis;
  private final int redisPort;

  private Nodes(int port, Consumer<String> out) throws StartupException {
    this.out = out;
    try {
      redisPort = freePort();
      redis =
          RedisServer.newRedisServer()
              .bind("127.0.0.1")
              .port(redisPort)
              .setting("save \"\"") // it forgets everything when it ends
              .build();
      redis.start();
    } catch (IOException | RuntimeException e) {
      throw new StartupException("Redis cannot be started: " + e.getMessage());
    }
    try {
      balancer = new Balancer(port);
    } catch (IOException e) {
      stop(redis);
      throw StartupException.cannotListen(port, e);
    }
  }

  /**
   * Starts everything.
   *
   * @param port the port of the balancer; 0 picks a free one
   * @param out gets lines for people
   * @throws StartupException if something cannot start; nothing stays running then
   */
  static Nodes start(int port, Consumer<String> out) throws StartupException {
    Nodes nodes = new Nodes(port, out);
    try {
      for (int number = 0; number < COUNT; number++) {
        nodes.launch(number);
      }
      for (NodeProcess node : nodes.running) {
        nodes.balancer.add(node.name(), node.awaitPort());
      }
      return nodes;
    } catch (StartupException e) {
      nodes.close();
      throw e;
    }
  }

  /** Starts everything, prints the page's address and how to end a node, and waits. */
  public static void main(String[] args) throws InterruptedException {
    Nodes nodes;
    try {
      nodes = start(Settings.of(System.getenv()).port(), System.out::println);
    } catch (StartupException e) {
      System.err.println("signal-hub example: " + e.getMessage());
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(nodes::close, "nodes-shutdown"));
    System.out.println("signal-hub example: " + Main.describe(nodes.address()));
    System.out.println("The page says which node it is on. Kill that node, and the page goes on:");
    nodes.running.forEach(
        node -> System.out.println("  node " + node.name() + ": kill -9 " + node.process().pid()));
    new CountDownLatch(1).await(); // until the process is stopped
  }

  /** Returns the address that the balancer listens on. */
  InetSocketAddress address() {
    return balancer.address();
  }

  /** Returns the processes of the nodes that run. */
  List<NodeProcess> running() {
    return List.copyOf(running);
  }

  private NodeProcess launch(int number) throws StartupException {
    try {
      NodeProcess node = new NodeProcess(number, COUNT, "redis://127.0.0.1:" + redisPort);
      running.add(node);
      node.process().onExit().thenRun(() -> ended(number, node));
      return node;
    } catch (IOException e) {
      throw new StartupException("a node cannot be started: " + e.getMessage());
    }
  }

  private void ended(int number, NodeProcess node) {
    running.remove(node);
    balancer.remove(node.name());
    try {
      restarts.schedule(() -> restart(number), RESTART_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // everything ends
    }
  }

  private void restart(int number) {
    try {
      NodeProcess node = launch(number);
      balancer.add(node.name(), node.awaitPort());
      out.accept(
          "node " + node.name() + " had ended and runs again: kill -9 " + node.process().pid());
    } catch (StartupException e) {
      out.accept(e.getMessage());
    }
  }

  /** Stops everything. Takes a few seconds. */
  @Override
  public void close() {
    restarts.shutdownNow();
    try {
      balancer.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "The balancer could not be closed", e);
    }
    List<Process> processes = running().stream().map(NodeProcess::process).toList();
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      process.onExit().completeOnTimeout(process, PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
      process.destroyForcibly();
    }
    stop(redis);
  }

  private static void stop(RedisServer redis) {
    try {
      redis.stop();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "Redis could not be stopped", e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
