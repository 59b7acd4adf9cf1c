package io.github.signalhub.benchmarks.race;

import io.github.signalhub.benchmarks.race.Contestant.Kind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Writes the results of a run as Markdown tables and SVG plots. Not thread-safe. */
public final class Report {
  /** The floors as an independent load generator measured them: µs at each window. */
  private static final Map<Kind, double[]> ELSEWHERE =
      Map.of(
          Kind.FLOOR_C, new double[] {3.63, 0.243, 0.075},
          Kind.FLOOR_NIO, new double[] {3.90, 0.263, 0.077});

  private static final double MAX_COMPILERS = 5; // percent of the server's CPU
  private static final double MAX_OTHERS = 5; // percent of a core
  private static final int MIN_ROUNDS = 9; // of the main scenario
  private static final String MAIN = new Broadcasts().name();
  private static final String WATERMARK = "A trial run: these figures do not count.";

  private static final Measure[] LATENCY = {
    Measure.P50, Measure.P99, Measure.P999, Measure.PACED_CPU
  };
  private static final Measure[] CLIENT = {
    Measure.HEAP, Measure.OBJECTS, Measure.HANDSHAKE, Measure.START
  };
  private static final Measure[] TLS = {
    Measure.CPU_1, Measure.CPU_64, Measure.HANDSHAKE, Measure.HEAP
  };
  private static final Measure[] PUBLISH = {
    Measure.PUBLISH, Measure.PUBLISH_BYTES, Measure.WAKE_UPS
  };
  private static final Measure[] HTTP = {Measure.HTTP_RATE, Measure.HTTP_CPU};
  private static final Measure[] FAULTS = {
    Measure.LOST, Measure.REPEATED, Measure.STALLS, Measure.CLOSED
  };
  private static final List<String> LOADS =
      List.of(
          TopicSets.ONE,
          TopicSets.SAME,
          TopicSets.GROUPS,
          TopicSets.DIFFERENT,
          StalledClients.BEFORE,
          StalledClients.DURING,
          StalledClients.AFTER,
          Sizes.variant(Sizes.CLIENTS[0]),
          Sizes.variant(Sizes.CLIENTS[1]),
          Sizes.variant(Sizes.CLIENTS[2]),
          Compressed.PLAIN,
          Compressed.DEFLATED);

  private final RunInfo run;
  private final List<Contestant> all;
  private final Results results;
  private final StringBuilder out = new StringBuilder();

  Report(RunInfo run, Results results) {
    this.run = run;
    this.all = run.servers();
    this.results = results;
  }

  /** Returns a number with three digits, or all of a larger one. */
  public static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return value == 0 ? "0" : String.format(Locale.ROOT, format, value);
  }

  /** Returns all parts with titles. */
  String markdown() {
    StringBuilder whole = new StringBuilder("# Servers side by side\n");
    Map<String, String> titles =
        Map.of(
            "goals", "Goals",
            "cpu", "CPU of the server per delivery",
            "latency", "Latency at %d messages a second".formatted(Plan.PER_SECOND),
            "clients", "Clients and start",
            "tls", "TLS",
            "loads", "Other loads",
            "publish", "Publications",
            "http", "HTTP",
            "faults", "Losses and stalls",
            "quiet", "Was it quiet?");
    parts()
        .forEach(
            (name, text) -> {
              if (titles.containsKey(name)) {
                whole.append("\n## ").append(titles.get(name)).append('\n');
              } else if (name.equals("generator")) {
                whole.append("\n## The load generator, checked\n");
              }
              whole.append('\n').append(text);
            });
    return whole.toString();
  }

  /** Returns the parts by their names, in the order of a report, each with a line's end. */
  Map<String, String> parts() {
    Map<String, String> parts = new LinkedHashMap<>();
    part(parts, "run", this::run);
    part(parts, "goals", this::goals);
    part(parts, "cpu", this::cpu);
    part(parts, "latency", this::latency);
    part(parts, "clients", () -> table("", CLIENT, each -> each.kind().hasClients()));
    part(parts, "tls", () -> table(Encrypted.VARIANT, TLS, this::hasTls));
    part(parts, "loads", this::loads);
    part(parts, "publish", this::publications);
    part(parts, "http", () -> table("", HTTP, Contestant::http));
    part(parts, "faults", this::faults);
    part(parts, "quiet", this::quiet);
    part(parts, "generator", this::elsewhere);
    return parts;
  }

  private void part(Map<String, String> parts, String name, Runnable writer) {
    out.setLength(0);
    writer.run();
    parts.put(name, out.toString());
  }

  /** Returns SVG files by their names. */
  Map<String, String> plots() {
    Map<String, String> plots = new LinkedHashMap<>();
    plot(plots, "cpu.svg", "CPU of the server per delivery: ", "", Measure.cpu());
    plot(plots, "latency.svg", Plan.PER_SECOND + " messages a second: ", "", LATENCY);
    plot(plots, "clients.svg", "", "", CLIENT);
    plot(plots, "tls.svg", "TLS: ", Encrypted.VARIANT, TLS);
    plot(plots, "http.svg", "HTTP: ", "", HTTP);
    return plots;
  }

  private void plot(
      Map<String, String> plots, String file, String prefix, String variant, Measure[] measures) {
    Chart chart = new Chart(counts() ? "" : WATERMARK);
    for (Measure measure : measures) {
      chart.panel(prefix + measure.label());
      for (Contestant each : all) {
        if (results.median(each.name(), variant, measure).isPresent()) {
          chart.bar(each.name(), look(each), results.spread(each.name(), variant, measure));
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
      case HUB, PUBLISHER -> Chart.Look.HUB;
      case JVM_PEER, NODE_PEER -> Chart.Look.PEER;
      case HTTP -> contestant.name().startsWith("signal-hub") ? Chart.Look.HUB : Chart.Look.PEER;
    };
  }

  /** Returns whether the machine and the compilers were quiet, and the rounds enough. */
  private boolean counts() {
    return results.rounds(MAIN) >= MIN_ROUNDS
        && highest(Measure.OTHERS).orElse(0) <= MAX_OTHERS
        && highest(Measure.COMPILERS).orElse(0) <= MAX_COMPILERS;
  }

  private void run() {
    line("%s. %s.", run.day(), run.machine());
    line(
        "%,d clients and %d-byte messages, unless a table says otherwise. Medians of the rounds,"
            + " each with the lowest and the highest round. %s",
        run.clients(),
        Plan.MESSAGE_BYTES,
        run.pinned()
            ? "The servers share one core, and the load generator has another."
            : "**Nothing was pinned to a core** (taskset and two cores are needed).");
    line("");
    line(
        "Rounds that count: %s.",
        results.scenarios().stream()
            .map(each -> each + " " + results.rounds(each))
            .collect(Collectors.joining(", ")));
    if (results.rounds(MAIN) < MIN_ROUNDS) {
      line("");
      line("**A trial run: these figures do not count.** They need %d rounds.", MIN_ROUNDS);
    }
    OptionalDouble others = highest(Measure.OTHERS);
    if (others.orElse(0) > MAX_OTHERS) {
      line("");
      line(
          "**The machine was busy: these figures do not count.** Other processes took up to %s %%"
              + " of a core (median of a server's rounds).",
          number(others.getAsDouble()));
    }
    OptionalDouble compilers = highest(Measure.COMPILERS);
    if (compilers.orElse(0) > MAX_COMPILERS) {
      line("");
      line(
          "**The compilers were not quiet.** They took up to %s %% of a server's CPU (median of its"
              + " rounds): more rounds are needed.",
          number(compilers.getAsDouble()));
    }
    all.stream()
        .filter(each -> !each.present())
        .forEach(each -> line("\n%s is missing: %s.", each.name(), each.missing().orElseThrow()));
    run.notes().forEach((name, note) -> line("\n%s failed: %s.", name, note));
  }

  private void goals() {
    line("%s", Goal.HEADING);
    Goals.of(all, results).forEach(goal -> line("%s", goal.row()));
  }

  /** Returns a number as {@link #number(double)} does; a dash if there is none. */
  static String figure(OptionalDouble value) {
    return value.isPresent() ? number(value.getAsDouble()) : "–";
  }

  private void cpu() {
    table("", Measure.cpu(), each -> each.kind().hasClients());
    Optional<Contestant> floor =
        all.stream().filter(each -> each.kind() == Kind.FLOOR_NIO).findFirst();
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
            Arrays.stream(Measure.cpu())
                .map(measure -> ratio(each, floor.get(), measure))
                .map(Report::figure)
                .collect(Collectors.joining(" | ")));
      }
    }
  }

  private void latency() {
    line(
        "From the time when a message is due until a client has it. A server that takes a whole"
            + " core falls behind.%s",
        readingTime());
    line("");
    table("", LATENCY, each -> each.kind().hasClients());
  }

  private void table(String variant, Measure[] measures, Predicate<Contestant> which) {
    heading(measures);
    for (Contestant each : all) {
      if (which.test(each)) {
        row(each.name(), each, variant, measures);
      }
    }
  }

  private void heading(Measure... measures) {
    line(
        "| | %s |", Arrays.stream(measures).map(Measure::label).collect(Collectors.joining(" | ")));
    line("|%s", " --- |".repeat(measures.length + 1));
  }

  private void row(String label, Contestant contestant, String variant, Measure... measures) {
    line(
        "| %s | %s |",
        label,
        Arrays.stream(measures)
            .map(measure -> cell(contestant, variant, measure))
            .collect(Collectors.joining(" | ")));
  }

  private String cell(Contestant contestant, String variant, Measure measure) {
    if (!contestant.present()) {
      return "missing";
    }
    return results.cell(contestant.name(), variant, measure);
  }

  private boolean hasTls(Contestant contestant) {
    return results.median(contestant.name(), Encrypted.VARIANT, Measure.CPU_1).isPresent();
  }

  /** Says how much of the latencies is the generator's own. */
  private String readingTime() {
    OptionalDouble micros =
        all.stream().flatMapToDouble(each -> median(each, Measure.GENERATOR_CPU).stream()).min();
    return micros.isEmpty()
        ? ""
        : " The generator takes about %s ms to read a message at all clients, which counts, too."
            .formatted(number(micros.getAsDouble() * run.clients() / 1e3));
  }

  private void loads() {
    heading(Measure.cpu());
    for (Contestant each : all) {
      for (String load : LOADS) {
        if (results.median(each.name(), load, Measure.CPU_1).isPresent()) {
          row(each.name() + ": " + load, each, load, Measure.cpu());
        }
      }
    }
    for (Contestant each : all) {
      idle(each);
      wireBytes(each);
      caughtUp(each);
      cold(each);
    }
  }

  private void idle(Contestant each) {
    if (results.median(each.name(), IdleClients.VARIANT, Measure.IDLE_CPU).isPresent()) {
      line("");
      line(
          "%s with 10,000 idle clients: %s %% of a core.",
          each.name(), cell(each, IdleClients.VARIANT, Measure.IDLE_CPU));
    }
  }

  private void wireBytes(Contestant each) {
    OptionalDouble plain = results.median(each.name(), Compressed.PLAIN, Measure.WIRE_BYTES);
    OptionalDouble deflated = results.median(each.name(), Compressed.DEFLATED, Measure.WIRE_BYTES);
    if (plain.isPresent() && deflated.isPresent()) {
      line("");
      line(
          "The deflated messages have %s bytes on the wire instead of %s.",
          figure(deflated), figure(plain));
    }
  }

  private void caughtUp(Contestant each) {
    OptionalDouble late = results.median(each.name(), StalledClients.AFTER, Measure.LATE);
    OptionalDouble skipped = results.median(each.name(), StalledClients.AFTER, Measure.SKIPPED);
    if (late.isPresent() && skipped.isPresent()) {
      line("");
      line(
          "When they read again, the stalled clients together got %s messages late. They were told"
              + " of gaps with %s more.",
          figure(late), figure(skipped));
    }
  }

  private void cold(Contestant each) {
    OptionalDouble cold = results.median(each.name(), Starts.COLD, Measure.HANDSHAKE);
    if (each.kind() == Kind.HUB && cold.isPresent()) {
      line("");
      line("CPU of one of the first handshakes of a process:");
      line("");
      heading(Measure.HANDSHAKE);
      for (Contestant other : all) {
        if (results.median(other.name(), Starts.COLD, Measure.HANDSHAKE).isPresent()) {
          row(other.name(), other, Starts.COLD, Measure.HANDSHAKE);
        }
      }
    }
  }

  private void publications() {
    heading(PUBLISH);
    for (Contestant each : all) {
      for (int clients : Publications.CLIENTS) {
        if (each.kind() == Kind.PUBLISHER) {
          String ofWhich = each.name().endsWith(Contestants.BEFORE) ? Contestants.BEFORE : "";
          row("%,d clients".formatted(clients) + ofWhich, each, Sizes.variant(clients), PUBLISH);
        }
      }
    }
  }

  private void faults() {
    line(
        "Sums over all rounds and clients. A stall is a second without a delivery while messages"
            + " are in flight.");
    line("");
    heading(FAULTS);
    for (Contestant each : all) {
      if (each.present() && each.kind().hasClients()) {
        line(
            "| %s | %s |",
            each.name(),
            Arrays.stream(FAULTS)
                .map(measure -> number(results.sum(each.name(), measure)))
                .collect(Collectors.joining(" | ")));
      }
    }
  }

  private void quiet() {
    line("Medians of the rounds, while the server was measured.");
    line("");
    line("| scenario | server | %s | %s |", Measure.COMPILERS.label(), Measure.OTHERS.label());
    line("| --- | --- | --- | --- |");
    for (String scenario : results.scenarios()) {
      for (Contestant each : all) {
        OptionalDouble others = results.medianOf(scenario, each.name(), Measure.OTHERS);
        if (others.isPresent()) {
          line(
              "| %s | %s | %s | %s |",
              scenario,
              each.name(),
              figure(results.medianOf(scenario, each.name(), Measure.COMPILERS)),
              figure(others));
        }
      }
    }
  }

  /** Returns the highest median of a server in a scenario. */
  private OptionalDouble highest(Measure measure) {
    return results.scenarios().stream()
        .flatMapToDouble(
            scenario ->
                all.stream()
                    .flatMapToDouble(
                        each -> results.medianOf(scenario, each.name(), measure).stream()))
        .max();
  }

  private void elsewhere() {
    line(
        "The floors, compared with an independent load generator on a machine of 2 cores at 2.6"
            + " GHz. They differ as the machines and the generators do.");
    line("");
    line("| | window | here, µs | there, µs | difference | CPU of this generator, µs |");
    line("| --- | --- | --- | --- | --- | --- |");
    for (Contestant each : all) {
      double[] there = ELSEWHERE.get(each.kind());
      for (int i = 0; there != null && i < there.length; i++) {
        OptionalDouble here = median(each, Measure.cpu(Plan.WINDOWS[i]));
        if (here.isPresent()) {
          line(
              "| %s | %d | %s | %s | %+.0f %% | %s |",
              each.name(),
              Plan.WINDOWS[i],
              number(here.getAsDouble()),
              number(there[i]),
              100 * (here.getAsDouble() / there[i] - 1),
              i == 0 ? cell(each, "", Measure.GENERATOR_CPU) : "");
        }
      }
    }
  }

  private OptionalDouble median(Contestant contestant, Measure measure) {
    return results.median(contestant.name(), measure);
  }

  private OptionalDouble ratio(Contestant one, Contestant other, Measure measure) {
    return Results.ratio(median(one, measure), median(other, measure));
  }

  private void line(String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
