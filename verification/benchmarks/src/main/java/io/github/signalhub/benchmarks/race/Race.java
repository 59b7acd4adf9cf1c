package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One run. All servers are started, and take turns in each round: first forwards, then backwards.
 * Only the server whose turn it is has clients. In its turn:
 *
 * <ol>
 *   <li>The clients connect, one after the other: CPU of a handshake, heap of an idle client.
 *   <li>Messages are kept in flight, for each window: CPU of a delivery.
 *   <li>Messages are sent at a fixed pace: latencies.
 *   <li>The clients leave.
 * </ol>
 *
 * <p>Then each server is started again in each round, for the start-up time. At the end the HTTP
 * servers take turns in the same way. Not thread-safe.
 */
public final class Race {
  private static final int SERVER_CORE = 0;
  private static final int GENERATOR_CORE = 1;

  /** How often all clients connect in a round of the warm-up: a handshake is soon compiled. */
  private static final int WARM_UP_CONNECTS = 10;

  private final Plan plan;
  private final List<Contestant> all;
  private final Path folder;
  private final boolean pinned;
  private final Results results = new Results();
  private final Map<String, String> notes = new LinkedHashMap<>();
  private final ProcessorTime generator = new ProcessorTime(ProcessHandle.current());
  private final Latencies latencies = new Latencies();

  private Race(Plan plan, List<Contestant> all, Path folder) {
    this.plan = plan;
    this.all = all;
    this.folder = folder;
    pinned = Machine.canPin();
  }

  /**
   * Runs servers, and writes {@code rounds.csv}, {@code table.md} and plots.
   *
   * @param names which servers, by the start of their names; empty: all
   * @param out where to write; empty: {@code race} next to {@code benchmarks.jar}
   * @throws IOException if the limit of open files is too low, or nothing can be written
   * @throws IllegalArgumentException if a name is unknown
   */
  public static void run(Plan plan, List<String> names, Optional<Path> out)
      throws IOException, InterruptedException {
    Machine.requireOpenFiles(plan.clients());
    Path folder =
        Files.createDirectories(out.orElseGet(() -> Contestants.target().resolve("race")))
            .toAbsolutePath();
    Files.writeString(
        folder.resolve("logging.properties"),
        "handlers = java.util.logging.ConsoleHandler\n.level = WARNING\n");
    List<Contestant> all = chosen(Contestants.find(folder), names);
    Race race = new Race(plan, all, folder);
    long start = System.nanoTime();
    String machine = Machine.describe();
    if (race.pinned) {
      Machine.pinThisProcess(GENERATOR_CORE);
    }
    race.webSockets();
    race.write(machine);
    race.starts();
    race.write(machine);
    race.http();
    System.out.println(race.write(machine));
    long minutes = TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - start);
    System.out.println("after " + minutes + " minutes: " + folder);
  }

  /** Writes what there is so far, so that an interrupted run is not lost. Returns the table. */
  private String write(String machine) throws IOException {
    results.writeCsv(folder.resolve("rounds.csv"));
    Report report = new Report(plan, all, results, notes, machine, pinned, LocalDate.now());
    String table = report.markdown();
    Files.writeString(folder.resolve("table.md"), table);
    for (Map.Entry<String, String> plot : report.plots().entrySet()) {
      Files.writeString(folder.resolve(plot.getKey()), plot.getValue());
    }
    return table;
  }

  private static List<Contestant> chosen(List<Contestant> all, List<String> names) {
    for (String name : names) {
      if (all.stream().noneMatch(contestant -> contestant.name().startsWith(name))) {
        throw new IllegalArgumentException(
            "expected starts of " + all.stream().map(Contestant::name).toList() + ", was " + name);
      }
    }
    return all.stream()
        .filter(each -> names.isEmpty() || names.stream().anyMatch(each.name()::startsWith))
        .toList();
  }

  private void webSockets() throws IOException, InterruptedException {
    alternate(
        all.stream().filter(each -> each.present() && !each.http()).toList(), this::webSocketTurn);
  }

  private void http() throws IOException, InterruptedException {
    alternate(all.stream().filter(each -> each.present() && each.http()).toList(), this::httpTurn);
  }

  private interface Turn {
    void of(ServerProcess server, int round) throws IOException, InterruptedException;
  }

  private void alternate(List<Contestant> contestants, Turn turn)
      throws IOException, InterruptedException {
    Map<String, ServerProcess> running = new HashMap<>();
    try {
      for (int round : rounds()) {
        List<Contestant> order = new ArrayList<>(contestants);
        if (round % 2 == 0) {
          Collections.reverse(order);
        }
        for (Contestant contestant : order) {
          String name = contestant.name();
          try {
            ServerProcess server = running.get(name);
            if (server == null || !server.alive()) {
              server = start(contestant);
              running.put(name, server);
            }
            System.err.println("round " + round + ": " + name);
            turn.of(server, round);
          } catch (IOException e) {
            failed(name, round, e);
          }
        }
      }
    } finally {
      running.values().forEach(ServerProcess::close);
    }
  }

  /** The rounds of the warm-up are negative. */
  private List<Integer> rounds() {
    List<Integer> rounds = new ArrayList<>();
    for (int i = plan.warmUps(); i > 0; i--) {
      rounds.add(-i);
    }
    for (int i = 1; i <= plan.rounds(); i++) {
      rounds.add(i);
    }
    return rounds;
  }

  private ServerProcess start(Contestant contestant) throws IOException, InterruptedException {
    Path errors = folder.resolve(contestant.name().replaceAll("[^A-Za-z0-9.]+", "-") + ".err.txt");
    return new ServerProcess(
        contestant, pinned ? Optional.of(SERVER_CORE) : Optional.empty(), errors);
  }

  private void webSocketTurn(ServerProcess server, int round)
      throws IOException, InterruptedException {
    String name = server.contestant.name();
    for (int i = 0; round < 0 && i < WARM_UP_CONNECTS; i++) {
      new Load(server.port, plan.clients()).close();
    }
    Optional<ServerProcess.Heap> empty = server.heap();
    long cpu = server.cpuNanos();
    try (Load load = new Load(server.port, plan.clients())) {
      load.idle(millis(100)); // what a server does after the handshake belongs to it
      results.add(round, name, Measure.HANDSHAKE, (server.cpuNanos() - cpu) / 1e3 / plan.clients());
      Optional<ServerProcess.Heap> idle = server.heap();
      if (empty.isPresent() && idle.isPresent()) {
        ServerProcess.Heap before = empty.get();
        add(round, name, Measure.HEAP, idle.get().bytes() - before.bytes());
        if (before.objects() > 0) {
          add(round, name, Measure.OBJECTS, idle.get().objects() - before.objects());
        }
      }
      load.size(Plan.MESSAGE_BYTES);
      long busy = Machine.busyNanos();
      long serverCpu = server.cpuNanos();
      long compilers = server.compilerNanos();
      long generatorCpu = generator.nanos();
      long start = System.nanoTime();
      boolean clean = true;
      for (int i = 0; i < Plan.WINDOWS.length && clean; i++) {
        clean = window(load, server, round, i);
      }
      if (clean) {
        pace(load, server, round);
      }
      serverCpu = server.cpuNanos() - serverCpu;
      compilers = server.compilerNanos() - compilers;
      generatorCpu = generator.nanos() - generatorCpu;
      long others = Math.max(0, Machine.busyNanos() - busy - serverCpu - generatorCpu);
      results.add(round, name, Measure.OTHERS, 100.0 * others / (System.nanoTime() - start));
      if (server.contestant.kind().onJvm()) {
        results.add(round, name, Measure.COMPILERS, 100.0 * compilers / serverCpu);
      }
    }
  }

  private void add(int round, String name, Measure measure, long ofAllClients) {
    results.add(round, name, measure, (double) ofAllClients / plan.clients());
  }

  /** Measures one window; returns whether the server can go on. */
  private boolean window(Load load, ServerProcess server, int round, int index) throws IOException {
    int window = Plan.WINDOWS[index];
    String name = server.contestant.name();
    load.window(window, Long.MAX_VALUE, millis(plan.millis() / 10));
    long cpu = server.cpuNanos();
    long generatorCpu = generator.nanos();
    Load.Count count = load.window(window, Long.MAX_VALUE, millis(plan.millis()));
    cpu = server.cpuNanos() - cpu;
    faults(round, name, count);
    if (count.deliveries() > 0) {
      results.add(round, name, Measure.CPU[index], cpu / 1e3 / count.deliveries());
      if (index == 0) {
        generatorCpu = generator.nanos() - generatorCpu;
        results.add(round, name, Measure.GENERATOR_CPU, generatorCpu / 1e3 / count.deliveries());
      }
    }
    return count.lost() == 0 && count.closed() == 0;
  }

  private void pace(Load load, ServerProcess server, int round) throws IOException {
    String name = server.contestant.name();
    latencies.clear();
    long cpu = server.cpuNanos();
    long start = System.nanoTime();
    Load.Count count = load.paced(Plan.PER_SECOND, millis(plan.millis() * 3 / 2), latencies);
    double share = 100.0 * (server.cpuNanos() - cpu) / (System.nanoTime() - start);
    faults(round, name, count);
    if (latencies.count() > 0) {
      results.add(round, name, Measure.P50, latencies.nanosAt(0.5) / 1e6);
      results.add(round, name, Measure.P99, latencies.nanosAt(0.99) / 1e6);
      results.add(round, name, Measure.P999, latencies.nanosAt(0.999) / 1e6);
      results.add(round, name, Measure.PACED_CPU, share);
    }
  }

  private void faults(int round, String name, Load.Count count) {
    results.add(round, name, Measure.LOST, count.lost());
    results.add(round, name, Measure.REPEATED, count.repeated());
    results.add(round, name, Measure.STALLS, count.stalls());
    results.add(round, name, Measure.CLOSED, count.closed());
  }

  private void starts() throws InterruptedException {
    for (int round : rounds()) {
      for (Contestant contestant : all) {
        if (!contestant.present() || contestant.http()) {
          continue;
        }
        String name = contestant.name();
        long start = System.nanoTime();
        try (ServerProcess server = start(contestant)) {
          new Load(server.port, 1).close();
          results.add(round, name, Measure.START, (System.nanoTime() - start) / 1e6);
        } catch (IOException e) {
          failed(name, round, e);
        }
      }
    }
  }

  private void failed(String name, int round, IOException e) {
    notes.merge(name, "round " + round + ": " + e.getMessage(), (a, b) -> a + "; " + b);
  }

  private void httpTurn(ServerProcess server, int round) throws IOException {
    String name = server.contestant.name();
    try (HttpLoad load = new HttpLoad(server.port, Plan.HTTP_CONNECTIONS, Plan.MESSAGE_BYTES)) {
      load.run(millis(plan.millis() / 10));
      long cpu = server.cpuNanos();
      long start = System.nanoTime();
      long answers = load.run(millis(plan.millis()));
      double seconds = (System.nanoTime() - start) / 1e9;
      results.add(round, name, Measure.HTTP_RATE, answers / seconds);
      results.add(round, name, Measure.HTTP_CPU, (server.cpuNanos() - cpu) / 1e3 / answers);
    }
  }

  private static long millis(int millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
