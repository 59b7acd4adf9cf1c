package io.github.signalhub.benchmarks.nodes;

import io.github.signalhub.benchmarks.race.Documents;
import io.github.signalhub.benchmarks.race.Latencies;
import io.github.signalhub.benchmarks.race.Machine;
import io.github.signalhub.benchmarks.race.Measure;
import io.github.signalhub.benchmarks.race.ProcessorTime;
import io.github.signalhub.benchmarks.race.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One run. In each round the floor and the hub take turns, first forwards, then backwards. The hub
 * has a turn for each kind of persistence: none, and a file that Redis syncs once a second or
 * always. In the first one it also shows its memory, a late node, and how soon it goes on.
 *
 * <p>Both nodes are in this process, so that one clock tells the latency, and so are both ends of
 * the floor. Redis is a process of its own. Nothing is pinned to a core. Not thread-safe.
 */
public final class Nodes {
  static final String FLOOR = "PUBLISH and SUBSCRIBE";
  static final String HUB = "signal-hub";
  static final String EVERY_SECOND = "appendfsync everysec";
  static final String ALWAYS = "appendfsync always";
  static final int PER_SECOND = 500;

  private static final String SCENARIO = "nodes";
  private static final String FIGURES = "nodes.csv";
  private static final String FACTS = "nodes.properties";
  private static final int AWAY_MILLIS = 500;
  private static final int STEP_MILLIS = 70; // so that no round is in step with the attempts
  private static final int MESSAGES_AROUND_A_KILL = 100_000;

  /**
   * What to run. Immutable.
   *
   * @param rounds how many count
   * @param warmUps how many come before them, for the compilers
   * @param millis how long messages are published at a fixed pace
   * @param messages how many a flood has
   * @param out where to write
   * @param render whether nothing runs, and the figures that are there are written anew
   * @param docs the folder of the repository whose document gets the tables; empty: none
   */
  public record Order(
      int rounds,
      int warmUps,
      int millis,
      int messages,
      Path out,
      boolean render,
      Optional<Path> docs) {}

  /** A server, a pair that uses it, and their names in the tables. */
  private record Turn(String server, String variant, RedisServer redis) {
    Pair pair(Pair.Receiver receiver) throws IOException, InterruptedException {
      return server.equals(FLOOR) ? new PlainPair(redis, receiver) : new HubPair(redis, receiver);
    }
  }

  private final Order order;
  private final Results results = new Results();
  private final ProcessorTime own = new ProcessorTime(ProcessHandle.current());

  private Nodes(Order order) {
    this.order = order;
  }

  /** Runs all rounds, and writes {@code nodes.csv}, {@code nodes.properties} and tables. */
  public static void run(Order order) throws IOException, InterruptedException {
    Files.createDirectories(order.out);
    if (!order.render) {
      new Nodes(order).measure();
    }
    NodesReport report = report(order.out);
    Files.writeString(order.out.resolve("nodes.md"), report.markdown());
    if (order.docs.isPresent()) {
      Path root = order.docs.get();
      Path document = root.resolve(Documents.DOCUMENT);
      String filled = Documents.filled(Files.readString(document), SCENARIO, report.parts());
      Files.writeString(document, filled);
      for (String file : List.of(FIGURES, FACTS)) {
        Documents.keep(order.out.resolve(file), root);
      }
    }
  }

  /** Returns the report of the figures in a folder. */
  static NodesReport report(Path folder) throws IOException {
    return new NodesReport(
        Files.readAllLines(folder.resolve(FACTS)), Results.readCsv(folder.resolve(FIGURES)));
  }

  private void measure() throws IOException, InterruptedException {
    try (RedisServer redis = new RedisServer();
        RedisServer everySecond = new RedisServer("--appendonly", "yes");
        RedisServer always = new RedisServer("--appendonly", "yes", "--appendfsync", "always")) {
      Files.write(
          order.out.resolve(FACTS),
          List.of(LocalDate.now() + ". " + Machine.describe() + "; Redis " + redis.version()));
      List<Turn> turns =
          List.of(
              new Turn(FLOOR, "", redis),
              new Turn(HUB, "", redis),
              new Turn(HUB, EVERY_SECOND, everySecond),
              new Turn(HUB, ALWAYS, always));
      for (int round = -order.warmUps; round <= order.rounds; round++) {
        if (round == 0) {
          continue;
        }
        List<Turn> inOrder = new ArrayList<>(turns);
        if (round % 2 == 0) {
          Collections.reverse(inOrder);
        }
        for (Turn turn : inOrder) {
          System.err.println("round " + round + ": " + turn.server + " " + turn.variant);
          turn(turn, round);
        }
        results.writeCsv(order.out.resolve(FIGURES));
      }
    }
  }

  private void turn(Turn turn, int round) throws IOException, InterruptedException {
    RedisServer redis = turn.redis;
    redis.clear();
    int paced = Math.max(1, order.millis * PER_SECOND / 1_000);
    Traffic traffic = new Traffic(paced + order.messages);
    long bytes = redis.dataBytes();
    try (Pair pair = turn.pair(traffic)) {
      long busy = Machine.busyNanos();
      long ownNanos = own.nanos();
      long start = System.nanoTime();
      double before = redis.cpuMicros();

      Latencies latencies = traffic.paced(pair, paced, PER_SECOND);
      double between = redis.cpuMicros();
      add(turn, round, Measure.P50, latencies.nanosAt(0.5) / 1e6);
      add(turn, round, Measure.P99, latencies.nanosAt(0.99) / 1e6);
      add(turn, round, Measure.SINGLE, (between - before) / paced);

      long nanos = traffic.flood(pair, order.messages);
      double after = redis.cpuMicros();
      add(turn, round, Measure.FLOOD, order.messages * 1e9 / nanos);
      add(turn, round, Measure.BATCHED, (after - between) / order.messages);

      long used = own.nanos() - ownNanos + Math.round((after - before) * 1_000);
      long others = Math.max(0, Machine.busyNanos() - busy - used);
      add(turn, round, Measure.OTHERS, 100.0 * others / (System.nanoTime() - start));
      add(turn, round, Measure.REPEATED, traffic.repeated());
      if (pair instanceof HubPair hubs && turn.variant.isEmpty()) {
        add(
            turn,
            round,
            Measure.REDIS_BYTES,
            (double) (redis.dataBytes() - bytes) / redis.entries());
        add(turn, round, Measure.LATE_NODE, LateNode.readyMillis(redis, hubs.lastId(0)));
      }
    }
    if (turn.server.equals(HUB) && turn.variant.isEmpty()) {
      add(turn, round, Measure.BACK, backMillis(redis, Math.abs(round)));
    }
  }

  /** Kills Redis under two nodes. Returns how long after it answers again a message comes. */
  private static double backMillis(RedisServer redis, int round)
      throws IOException, InterruptedException {
    redis.clear();
    Traffic traffic = new Traffic(MESSAGES_AROUND_A_KILL);
    try (Pair pair = new HubPair(redis, traffic)) {
      traffic.single(pair);
      traffic.awaitAll();
      Thread publisher = new Thread(() -> publish(pair, traffic), "publisher");
      publisher.start();
      redis.kill();
      Thread.sleep(AWAY_MILLIS + STEP_MILLIS * (round % 4));
      long before = traffic.newestNanosOfOther();
      redis.restart();
      long back = System.nanoTime();
      while (traffic.newestNanosOfOther() == before) {
        if (System.nanoTime() - back > TimeUnit.SECONDS.toNanos(30)) {
          throw new IOException("expected a message within 30 s after Redis was back");
        }
        Thread.sleep(1);
      }
      publisher.interrupt();
      publisher.join();
      return Math.max(0, traffic.newestNanosOfOther() - back) / 1e6;
    }
  }

  /** Publishes each millisecond until this thread is interrupted. */
  private static void publish(Pair pair, Traffic traffic) {
    try {
      while (true) {
        traffic.single(pair);
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      // Enough was published.
    }
  }

  private void add(Turn turn, int round, Measure measure, double value) {
    results.add(SCENARIO, round, turn.server, turn.variant, measure, value);
  }
}
