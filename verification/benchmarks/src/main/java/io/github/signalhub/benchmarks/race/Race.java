package io.github.signalhub.benchmarks.race;

import io.github.signalhub.benchmarks.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * One run: one {@link Scenario} after the other. In each, all servers are started and take turns in
 * each round: first forwards, then backwards. Only the server whose turn it is has clients. Not
 * thread-safe.
 */
public final class Race {
  private static final int SERVER_CORE = 0;
  private static final int GENERATOR_CORE = 1;
  private static final int SECONDS_OF_A_START = 1;
  private static final List<Scenario> SCENARIOS =
      List.of(
          new Broadcasts(),
          new Starts(),
          new TopicSets(),
          new StalledClients(),
          new Compressed(),
          new Encrypted(),
          new Publications(),
          new HttpEcho(),
          new Sizes(),
          new IdleClients());

  /**
   * The scenarios to run, with their servers and files. Immutable.
   *
   * @param plan how much each scenario does
   * @param scenarios the names of those to run; empty: all
   * @param servers the starts of the names of those to run; empty: all
   * @param before {@code benchmarks.jar} of an earlier build, whose hub takes part, too
   * @param out where to write; empty: {@code race} next to {@code benchmarks.jar}
   * @param keep whether the figures that other runs left there for other scenarios are kept
   * @param render whether nothing runs, and the figures that are there are written anew
   * @param docs the folder of the repository whose documents get the tables and plots; empty: none
   */
  public record Order(
      Plan plan,
      List<String> scenarios,
      List<String> servers,
      Optional<Path> before,
      Optional<Path> out,
      boolean keep,
      boolean render,
      Optional<Path> docs) {}

  private final Plan plan;
  private final List<Contestant> all;
  private final Path folder;
  private final String machine;
  private final boolean pinned;
  private final Optional<SSLContext> tls;
  private final List<Contestant> reported = new ArrayList<>(); // also those of kept figures
  private Results results = new Results();
  private final Map<String, String> notes = new LinkedHashMap<>();
  private final ProcessorTime generator = new ProcessorTime(ProcessHandle.current());

  private Race(Plan plan, List<Contestant> all, Path folder)
      throws IOException, GeneralSecurityException {
    this.plan = plan;
    this.all = all;
    this.folder = folder;
    reported.addAll(all);
    machine = Machine.describe();
    pinned = Machine.canPin();
    tls = Optional.of(SelfSigned.trusting(Contestants.keyFile(folder)));
  }

  /**
   * Runs scenarios, and writes {@code rounds.csv}, {@code run.properties}, {@code table.md} and
   * plots.
   *
   * @throws IOException if the limit of open files is too low, or nothing can be written
   * @throws IllegalArgumentException if a name is unknown
   */
  public static void run(Order order)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path folder =
        Files.createDirectories(order.out.orElseGet(() -> Contestants.target().resolve("race")))
            .toAbsolutePath();
    if (!order.render) {
      measure(order, folder);
    }
    Report report =
        new Report(
            RunInfo.read(folder.resolve("run.properties")),
            Results.readCsv(folder.resolve("rounds.csv")));
    write(report, folder);
    if (order.docs.isPresent()) {
      Documents.write(report, folder, order.docs.get());
    }
  }

  private static void measure(Order order, Path folder)
      throws IOException, InterruptedException, GeneralSecurityException {
    List<Scenario> scenarios = scenarios(order.scenarios);
    Files.writeString(
        folder.resolve("logging.properties"),
        "handlers = java.util.logging.ConsoleHandler\n.level = WARNING\n");
    List<Contestant> all = chosen(Contestants.find(folder, order.before), order.servers);
    Race race = new Race(order.plan, all, folder);
    if (order.keep && Files.exists(folder.resolve("rounds.csv"))) {
      race.takeOver(scenarios);
    }
    race.announce(scenarios);
    if (race.pinned) {
      Machine.pinThisProcess(GENERATOR_CORE);
    }
    long start = System.nanoTime();
    for (Scenario scenario : scenarios) {
      race.run(scenario);
      race.keep();
    }
    long minutes = TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - start);
    System.out.println("after " + minutes + " minutes: " + folder);
  }

  /** Keeps the figures that are in the folder for other scenarios. */
  private void takeOver(List<Scenario> scenarios) throws IOException {
    results = Results.readCsv(folder.resolve("rounds.csv"));
    results.remove(scenarios.stream().map(Scenario::name).collect(Collectors.toSet()));
    RunInfo before = RunInfo.read(folder.resolve("run.properties"));
    notes.putAll(before.notes());
    reported.clear();
    reported.addAll(before.servers());
    for (Contestant each : all) {
      reported.removeIf(known -> !known.present() && known.name().equals(each.name()));
      if (reported.stream().noneMatch(known -> known.name().equals(each.name()))) {
        reported.add(each);
      }
    }
  }

  private static List<Scenario> scenarios(List<String> names) {
    Set<String> unknown = new HashSet<>(names);
    SCENARIOS.forEach(each -> unknown.remove(each.name()));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "expected scenarios of "
              + SCENARIOS.stream().map(Scenario::name).toList()
              + ", was "
              + unknown);
    }
    return SCENARIOS.stream()
        .filter(each -> names.isEmpty() || names.contains(each.name()))
        .toList();
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

  /** Says how long each scenario takes, and checks the limit of open files. */
  private void announce(List<Scenario> scenarios) throws IOException {
    int clients = plan.clients();
    double sum = 0;
    for (Scenario scenario : scenarios) {
      int servers = scenario.servers(all).size();
      int turns = servers * (scenario.rounds(plan) + scenario.warmUps(plan));
      double seconds =
          turns * scenario.seconds(plan)
              + SECONDS_OF_A_START * (scenario.fresh() ? turns : servers);
      sum += seconds;
      System.out.printf(
          "%-8s %2d servers, %2d rounds that count: about %.1f minutes%n",
          scenario.name(), servers, scenario.rounds(plan), seconds / 60);
      if (scenario instanceof Sizes || scenario instanceof IdleClients) {
        clients = Math.max(clients, Sizes.CLIENTS[2]);
      }
    }
    System.out.printf("together about %.0f minutes%n", Math.ceil(sum / 60));
    Machine.requireOpenFiles(clients);
  }

  /** Writes the figures that there are so far, so that an interrupted run is not lost. */
  private void keep() throws IOException {
    results.writeCsv(folder.resolve("rounds.csv"));
    RunInfo info = new RunInfo(LocalDate.now(), machine, pinned, plan.clients(), reported, notes);
    info.write(folder.resolve("run.properties"));
    write(new Report(info, results), folder);
  }

  private static void write(Report report, Path folder) throws IOException {
    Files.writeString(folder.resolve("table.md"), report.markdown());
    for (Map.Entry<String, String> plot : report.plots().entrySet()) {
      Files.writeString(folder.resolve(plot.getKey()), plot.getValue());
    }
  }

  private void run(Scenario scenario) throws IOException, InterruptedException {
    Map<String, ServerProcess> running = new HashMap<>();
    List<Contestant> servers = scenario.servers(all);
    try {
      for (int round : rounds(scenario)) {
        List<Contestant> order = new ArrayList<>(servers);
        if (round % 2 == 0) {
          Collections.reverse(order);
        }
        for (Contestant contestant : order) {
          System.err.println(scenario.name() + ", round " + round + ": " + contestant.name());
          try {
            turn(scenario, contestant, round, running);
          } catch (IOException e) {
            notes.merge(
                contestant.name(),
                "%s, round %d: %s".formatted(scenario.name(), round, e.getMessage()),
                (a, b) -> a + "; " + b);
          }
        }
      }
    } finally {
      running.values().forEach(ServerProcess::close);
    }
  }

  /** The rounds of the warm-up are negative. */
  private List<Integer> rounds(Scenario scenario) {
    List<Integer> rounds = new ArrayList<>();
    for (int i = scenario.warmUps(plan); i > 0; i--) {
      rounds.add(-i);
    }
    for (int i = 1; i <= scenario.rounds(plan); i++) {
      rounds.add(i);
    }
    return rounds;
  }

  private void turn(
      Scenario scenario, Contestant contestant, int round, Map<String, ServerProcess> running)
      throws IOException, InterruptedException {
    long startedAt = System.nanoTime();
    ServerProcess server = running.get(contestant.name());
    if (server == null || !server.alive()) {
      server =
          new ServerProcess(
              contestant,
              pinned ? Optional.of(SERVER_CORE) : Optional.empty(),
              folder.resolve(contestant.file() + ".err.txt"));
      running.put(contestant.name(), server);
    }
    try {
      scenario.turn(
          new Turn(
              scenario.name(), server, round, startedAt, plan, folder, results, generator, tls));
    } finally {
      if (scenario.fresh()) {
        server.close();
        running.remove(contestant.name());
      }
    }
  }
}
