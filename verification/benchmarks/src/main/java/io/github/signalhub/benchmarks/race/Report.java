package io.github.signalhub.benchmarks.race;

import io.github.signalhub.benchmarks.race.Contestant.Kind;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Writes the results of a run as Markdown tables and SVG plots. Immutable. */
final class Report {
  /** The floors as an independent load generator measured them: µs at each window. */
  private static final Map<Kind, double[]> ELSEWHERE =
      Map.of(
          Kind.FLOOR_C, new double[] {3.63, 0.243, 0.075},
          Kind.FLOOR_NIO, new double[] {3.90, 0.263, 0.077});

  private static final double[] MAX_RATIOS = {1.10, 1.12, 1.20};
  private static final int MAX_IDLE_BYTES = 1_536;
  private static final double MAX_PACED_CPU = 95; // percent of a core; beyond it, messages queue up
  private static final double MAX_COMPILERS = 5; // percent of the server's CPU
  private static final double MAX_OTHERS = 5; // percent of a core

  private static final Measure[] LATENCY = {
    Measure.P50, Measure.P99, Measure.P999, Measure.PACED_CPU
  };
  private static final Measure[] CLIENT = {
    Measure.HEAP, Measure.OBJECTS, Measure.HANDSHAKE, Measure.START
  };
  private static final Measure[] HTTP = {Measure.HTTP_RATE, Measure.HTTP_CPU};
  private static final Measure[] FAULTS = {
    Measure.LOST, Measure.REPEATED, Measure.STALLS, Measure.CLOSED
  };

  private final Plan plan;
  private final List<Contestant> all;
  private final Results results;
  private final Map<String, String> notes;
  private final String machine;
  private final boolean pinned;
  private final LocalDate day;
  private final StringBuilder out = new StringBuilder();

  Report(
      Plan plan,
      List<Contestant> all,
      Results results,
      Map<String, String> notes,
      String machine,
      boolean pinned,
      LocalDate day) {
    this.plan = plan;
    this.all = all;
    this.results = results;
    this.notes = notes;
    this.machine = machine;
    this.pinned = pinned;
    this.day = day;
  }

  /** Returns a number with three digits, or all of a larger one. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return value == 0 ? "0" : String.format(Locale.ROOT, format, value);
  }

  String markdown() {
    out.setLength(0);
    head();
    cpu();
    table(
        "Latency at %d messages a second".formatted(Plan.PER_SECOND),
        "From the time when a message is due until a client has it. A server that takes a whole"
            + " core falls behind."
            + readingTime(),
        LATENCY,
        false);
    table("Clients and start", "", CLIENT, false);
    table(
        "HTTP",
        "`POST /echo` with %d bytes, over %d connections."
            .formatted(Plan.MESSAGE_BYTES, Plan.HTTP_CONNECTIONS),
        HTTP,
        true);
    faults();
    table(
        "Was it quiet?",
        "While the server was measured.",
        new Measure[] {Measure.COMPILERS, Measure.OTHERS},
        false);
    goals();
    elsewhere();
    return out.toString();
  }

  /** Returns SVG files by their names. */
  Map<String, String> plots() {
    Map<String, String> plots = new LinkedHashMap<>();
    plot(plots, "cpu.svg", "CPU of the server per delivery: ", Measure.CPU);
    plot(plots, "latency.svg", Plan.PER_SECOND + " messages a second: ", LATENCY);
    plot(plots, "clients.svg", "", CLIENT);
    plot(plots, "http.svg", "HTTP: ", HTTP);
    return plots;
  }

  private void plot(Map<String, String> plots, String file, String prefix, Measure[] measures) {
    Chart chart = new Chart();
    for (Measure measure : measures) {
      chart.panel(prefix + measure.label());
      for (Contestant each : all) {
        if (median(each, measure).isPresent()) {
          chart.bar(each.name(), look(each), results.spread(each.name(), measure));
        }
      }
    }
    if (!chart.isEmpty()) {
      plots.put(file, chart.svg());
    }
  }

  private static Chart.Look look(Contestant contestant) {
    return switch (contestant.kind()) {
      case FLOOR_C, FLOOR_NIO -> Chart.Look.FLOOR;
      case HUB -> Chart.Look.HUB;
      case JVM_PEER, NODE_PEER -> Chart.Look.PEER;
      case HTTP -> contestant.name().startsWith("signal-hub") ? Chart.Look.HUB : Chart.Look.PEER;
    };
  }

  private void head() {
    line("# Servers side by side");
    line("");
    line("%s. %s.", day, machine);
    line(
        "%,d clients, %d-byte messages. Medians of %d rounds in turns, each with the lowest and the"
            + " highest round. %s",
        plan.clients(),
        Plan.MESSAGE_BYTES,
        plan.rounds(),
        pinned
            ? "The servers share one core, and the load generator has another."
            : "**Nothing was pinned to a core** (taskset and two cores are needed).");
    OptionalDouble others = highest(each -> true, Measure.OTHERS);
    if (others.orElse(0) > MAX_OTHERS) {
      line("");
      line(
          "**The machine was busy: these figures do not count.** Other processes took up to %s %% of"
              + " a core (median of a server's rounds).",
          number(others.getAsDouble()));
    }
    OptionalDouble compilers = highest(each -> true, Measure.COMPILERS);
    if (compilers.orElse(0) > MAX_COMPILERS) {
      line("");
      line(
          "**The compilers were not quiet.** They took up to %s %% of a server's CPU (median of its"
              + " rounds): more rounds are needed.",
          number(compilers.getAsDouble()));
    }
    all.stream()
        .filter(each -> !each.present())
        .forEach(each -> line("%n%s is missing: %s.", each.name(), each.missing().orElseThrow()));
    notes.forEach((name, note) -> line("%n%s failed: %s.", name, note));
  }

  private void cpu() {
    table("CPU of the server per delivery", "", Measure.CPU, false);
    Optional<Contestant> floor = first(Kind.FLOOR_NIO);
    if (floor.isEmpty() || median(floor.get(), Measure.CPU_1).isEmpty()) {
      return;
    }
    line("");
    line("The same, divided by the floor on NIO:");
    line("");
    line("| | window 1 | window 16 | window 64 |");
    line("| --- | --- | --- | --- |");
    for (Contestant each : all) {
      if (median(each, Measure.CPU_1).isPresent()) {
        line(
            "| %s | %s |",
            each.name(),
            Arrays.stream(Measure.CPU)
                .map(measure -> ratio(each, floor.get(), measure))
                .map(ratio -> ratio.isPresent() ? number(ratio.getAsDouble()) : "–")
                .collect(Collectors.joining(" | ")));
      }
    }
  }

  private void table(String title, String text, Measure[] measures, boolean http) {
    line("");
    line("## %s", title);
    line("");
    if (!text.isEmpty()) {
      line("%s", text);
      line("");
    }
    line(
        "| | %s |", Arrays.stream(measures).map(Measure::label).collect(Collectors.joining(" | ")));
    line("|%s", " --- |".repeat(measures.length + 1));
    for (Contestant each : all) {
      if (each.http() == http) {
        line(
            "| %s | %s |",
            each.name(),
            Arrays.stream(measures)
                .map(measure -> cell(each, measure))
                .collect(Collectors.joining(" | ")));
      }
    }
  }

  private String cell(Contestant contestant, Measure measure) {
    if (!contestant.present()) {
      return "missing";
    }
    if (median(contestant, measure).isEmpty()) {
      return "–";
    }
    Results.Spread spread = results.spread(contestant.name(), measure);
    return "%s (%s–%s)"
        .formatted(number(spread.median()), number(spread.low()), number(spread.high()));
  }

  /** Says how much of the latencies is the generator's own. */
  private String readingTime() {
    OptionalDouble micros = lowest(each -> true, Measure.GENERATOR_CPU);
    return micros.isEmpty()
        ? ""
        : " The generator takes about %s ms to read a message at all clients, which counts, too."
            .formatted(number(micros.getAsDouble() * plan.clients() / 1e3));
  }

  private void faults() {
    line("");
    line("## Losses and stalls");
    line("");
    line(
        "Sums over all rounds and clients. A stall is a second without a delivery while messages"
            + " are in flight.");
    line("");
    line("| | %s |", Arrays.stream(FAULTS).map(Measure::label).collect(Collectors.joining(" | ")));
    line("| --- | --- | --- | --- | --- |");
    for (Contestant each : all) {
      if (each.present() && !each.http()) {
        line(
            "| %s | %s |",
            each.name(),
            Arrays.stream(FAULTS)
                .map(measure -> number(results.sum(each.name(), measure)))
                .collect(Collectors.joining(" | ")));
      }
    }
  }

  private void goals() {
    Optional<Contestant> hub = first(Kind.HUB);
    Optional<Contestant> floor = first(Kind.FLOOR_NIO);
    line("");
    line("## Goals");
    line("");
    line("| goal | measured | limit | |");
    line("| --- | --- | --- | --- |");
    if (hub.isPresent()) {
      for (int i = 0; i < Measure.CPU.length; i++) {
        Measure measure = Measure.CPU[i];
        if (floor.isPresent()) {
          goal(
              "CPU per delivery, divided by that of the floor on NIO: " + measure.title,
              ratio(hub.get(), floor.get(), measure),
              OptionalDouble.of(MAX_RATIOS[i]));
        }
        goal(
            "CPU per delivery, at most that of the best JVM peer: " + measure.label(),
            median(hub.get(), measure),
            lowest(each -> each.kind() == Kind.JVM_PEER, measure));
      }
      goal(
          "part of a core at %d messages a second, %%".formatted(Plan.PER_SECOND),
          median(hub.get(), Measure.PACED_CPU),
          OptionalDouble.of(MAX_PACED_CPU));
      goal(
          Measure.HEAP.label(), median(hub.get(), Measure.HEAP), OptionalDouble.of(MAX_IDLE_BYTES));
      goal(
          "CPU of a handshake, at most that of the best JVM peer, µs",
          median(hub.get(), Measure.HANDSHAKE),
          lowest(each -> each.kind() == Kind.JVM_PEER, Measure.HANDSHAKE));
      goal(
          "start, at most that of Java-WebSocket, ms",
          median(hub.get(), Measure.START),
          lowest(each -> each.name().startsWith("Java-WebSocket"), Measure.START));
    }
    all.stream()
        .filter(each -> each.http() && look(each) == Chart.Look.HUB)
        .forEach(this::httpGoals);
    line("");
    line(
        "This command does not measure topics, stalled clients, TLS, compression, the cost of a"
            + " publication, and other numbers of clients.");
  }

  private void httpGoals(Contestant hub) {
    String jdk = hub.name().substring(hub.name().indexOf(" on JDK "));
    Predicate<Contestant> peers =
        each -> each.http() && each.name().endsWith(jdk) && look(each) == Chart.Look.PEER;
    goal(
        "CPU of a request, at most that of the best server" + jdk + ", µs",
        median(hub, Measure.HTTP_CPU),
        lowest(peers, Measure.HTTP_CPU));
    // A period instead of a rate, so that less is better here, too.
    goal(
        "time between answers, at most that of the best server" + jdk + ", µs",
        period(median(hub, Measure.HTTP_RATE)),
        period(highest(peers, Measure.HTTP_RATE)));
  }

  private void goal(String text, OptionalDouble measured, OptionalDouble limit) {
    if (measured.isEmpty() || limit.isEmpty()) {
      line("| %s | | | not measured |", text);
      return;
    }
    line(
        "| %s | %s | %s | %s |",
        text,
        number(measured.getAsDouble()),
        number(limit.getAsDouble()),
        measured.getAsDouble() <= limit.getAsDouble() ? "met" : "**missed**");
  }

  private void elsewhere() {
    line("");
    line("## The load generator, checked");
    line("");
    line(
        "The floors, compared with an independent load generator on a machine of 2 cores at 2.6 GHz."
            + " They differ as the machines and the generators do.");
    line("");
    line("| | window | here, µs | there, µs | difference | CPU of this generator, µs |");
    line("| --- | --- | --- | --- | --- | --- |");
    for (Contestant each : all) {
      double[] there = ELSEWHERE.get(each.kind());
      for (int i = 0; there != null && i < there.length; i++) {
        OptionalDouble here = median(each, Measure.CPU[i]);
        if (here.isPresent()) {
          line(
              "| %s | %d | %s | %s | %+.0f %% | %s |",
              each.name(),
              Plan.WINDOWS[i],
              number(here.getAsDouble()),
              number(there[i]),
              100 * (here.getAsDouble() / there[i] - 1),
              i == 0 ? cell(each, Measure.GENERATOR_CPU) : "");
        }
      }
    }
  }

  private Optional<Contestant> first(Kind kind) {
    return all.stream().filter(each -> each.kind() == kind).findFirst();
  }

  private OptionalDouble median(Contestant contestant, Measure measure) {
    return results.median(contestant.name(), measure);
  }

  private OptionalDouble lowest(Predicate<Contestant> which, Measure measure) {
    return all.stream().filter(which).flatMapToDouble(each -> median(each, measure).stream()).min();
  }

  private OptionalDouble highest(Predicate<Contestant> which, Measure measure) {
    return all.stream().filter(which).flatMapToDouble(each -> median(each, measure).stream()).max();
  }

  private OptionalDouble ratio(Contestant one, Contestant other, Measure measure) {
    OptionalDouble above = median(one, measure);
    OptionalDouble below = median(other, measure);
    return above.isPresent() && below.isPresent()
        ? OptionalDouble.of(above.getAsDouble() / below.getAsDouble())
        : OptionalDouble.empty();
  }

  private static OptionalDouble period(OptionalDouble rate) {
    return rate.isPresent() ? OptionalDouble.of(1e6 / rate.getAsDouble()) : rate;
  }

  private void line(String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
