package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * One server's turn in one round: what a scenario measures with, and adds figures to. Not
 * thread-safe.
 */
final class Turn {
  private static final int CONNECTS_OF_A_WARM_UP = 10;

  final ServerProcess server;
  final int round;
  final Plan plan;
  final Path folder;
  private final long startedAt;
  private final String scenario;
  private final Results results;
  private final ProcessorTime generator;
  private final Optional<SSLContext> tls;

  /**
   * Begins a turn.
   *
   * @param startedAt when the process of the server began to start
   * @param folder for files besides the results
   * @param generator the processor time of this process
   * @param tls trusts the servers' certificate
   */
  Turn(
      String scenario,
      ServerProcess server,
      int round,
      long startedAt,
      Plan plan,
      Path folder,
      Results results,
      ProcessorTime generator,
      Optional<SSLContext> tls) {
    this.scenario = scenario;
    this.server = server;
    this.round = round;
    this.startedAt = startedAt;
    this.plan = plan;
    this.folder = folder;
    this.results = results;
    this.generator = generator;
    this.tls = tls;
  }

  /** Returns how a plain client connects. */
  Dial dial() {
    return Dial.plain(server.port);
  }

  /** Returns how a client connects with TLS. */
  Dial dialTls() {
    return dial().withTls(tls.orElseThrow());
  }

  void add(String variant, Measure measure, double value) {
    results.add(scenario, round, server.contestant.name(), variant, measure, value);
  }

  double millisSinceStart() {
    return (System.nanoTime() - startedAt) / 1e6;
  }

  /** In the rounds of the warm-up, connects all clients often: a handshake is soon compiled. */
  void warmUpHandshakes(Dial dial) throws IOException {
    for (int i = 0; round < 0 && i < CONNECTS_OF_A_WARM_UP; i++) {
      new Load(dial, plan.clients()).close();
    }
  }

  /** Connects clients, and adds the CPU of a handshake. */
  Load connect(String variant, Dial dial, int clients) throws IOException {
    long cpu = server.cpuNanos();
    Load load = new Load(dial, clients);
    try {
      load.idle(millis(100)); // what a server does after the handshake belongs to it
      add(variant, Measure.HANDSHAKE, (server.cpuNanos() - cpu) / 1e3 / clients);
      return load;
    } catch (IOException | RuntimeException e) {
      load.close();
      throw e;
    }
  }

  /** Waits until the server takes less than 2 % of a core, for at most 5 seconds. */
  void untilIdle() throws IOException, InterruptedException {
    long before = server.cpuNanos();
    for (int i = 0; i < 50; i++) {
      Thread.sleep(100);
      long now = server.cpuNanos();
      if (now - before < millis(2)) {
        return;
      }
      before = now;
    }
  }

  /** Something that is measured. */
  interface Work {
    void run() throws IOException;
  }

  /** Does some work, and adds what compilers and other processes took meanwhile. */
  void watched(String variant, Work work) throws IOException {
    long busy = Machine.busyNanos();
    long serverCpu = server.cpuNanos();
    long compilers = server.compilerNanos();
    long generatorCpu = generator.nanos();
    long start = System.nanoTime();
    work.run();
    serverCpu = server.cpuNanos() - serverCpu;
    compilers = server.compilerNanos() - compilers;
    generatorCpu = generator.nanos() - generatorCpu;
    long others = Math.max(0, Machine.busyNanos() - busy - serverCpu - generatorCpu);
    add(variant, Measure.OTHERS, 100.0 * others / (System.nanoTime() - start));
    if (server.contestant.kind().onJvm()) {
      add(variant, Measure.COMPILERS, 100.0 * compilers / serverCpu);
    }
  }

  /**
   * Measures windows, each for some time after a tenth of it as a warm-up. Stops when the server
   * lost something.
   *
   * @param perWindow how many messages are in flight for each place in a window
   * @return whether the server can go on
   */
  boolean windows(Load load, String variant, int millis, int perWindow, int... windows)
      throws IOException {
    boolean clean = true;
    for (int i = 0; i < windows.length && clean; i++) {
      clean = window(load, variant, millis, perWindow, windows[i]);
    }
    return clean;
  }

  private boolean window(Load load, String variant, int millis, int perWindow, int window)
      throws IOException {
    int inFlight = window * perWindow;
    load.window(inFlight, Long.MAX_VALUE, millis(millis / 10));
    long cpu = server.cpuNanos();
    long generatorCpu = generator.nanos();
    Load.Count count = load.window(inFlight, Long.MAX_VALUE, millis(millis));
    cpu = server.cpuNanos() - cpu;
    faults(variant, count);
    if (count.deliveries() > 0) {
      add(variant, Measure.cpu(window), cpu / 1e3 / count.deliveries());
      if (window == 1) {
        generatorCpu = generator.nanos() - generatorCpu;
        add(variant, Measure.GENERATOR_CPU, generatorCpu / 1e3 / count.deliveries());
      }
    }
    return count.lost() == 0 && count.closed() == 0;
  }

  void faults(String variant, Load.Count count) {
    add(variant, Measure.LOST, count.lost());
    add(variant, Measure.REPEATED, count.repeated());
    add(variant, Measure.STALLS, count.stalls());
    add(variant, Measure.CLOSED, count.closed());
  }

  static long millis(int millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
