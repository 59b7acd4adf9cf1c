package io.github.signalhub.benchmarks.nodes;

import io.github.signalhub.benchmarks.race.Goal;
import io.github.signalhub.benchmarks.race.Measure;
import io.github.signalhub.benchmarks.race.Report;
import io.github.signalhub.benchmarks.race.Results;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Writes the figures of a run as Markdown tables. Immutable. */
final class NodesReport {
  private static final double MAX_OTHERS = 5; // percent of a core
  private static final int MIN_ROUNDS = 5;
  private static final Measure[] LOADS = {
    Measure.P50, Measure.P99, Measure.SINGLE, Measure.FLOOD, Measure.BATCHED
  };
  private static final Measure[] ONCE = {Measure.REDIS_BYTES, Measure.LATE_NODE, Measure.BACK};

  private final List<String> facts;
  private final Results results;

  /**
   * Creates one.
   *
   * @param facts the lines about the machine
   */
  NodesReport(List<String> facts, Results results) {
    this.facts = List.copyOf(facts);
    this.results = results;
  }

  /** Returns all parts. */
  String markdown() {
    return "# Several nodes\n\n" + String.join("\n", parts().values());
  }

  /** Returns the parts by their names, in the order of a report, each with a line's end. */
  Map<String, String> parts() {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("run", run());
    parts.put("goals", goals());
    parts.put("loads", loads());
    parts.put("once", once());
    return parts;
  }

  private String run() {
    StringBuilder text = new StringBuilder(String.join("\n", facts)).append("\n");
    int rounds = results.rounds("nodes");
    text.append("Rounds that count: ").append(rounds).append(".\n");
    if (rounds < MIN_ROUNDS) {
      text.append("\n**A trial run: these figures do not count.** They need ")
          .append(MIN_ROUNDS)
          .append(" rounds.\n");
    }
    OptionalDouble others = hub(Measure.OTHERS);
    if (others.orElse(0) > MAX_OTHERS) {
      text.append("\n**The machine was busy.** Other processes took ")
          .append(Report.number(others.getAsDouble()))
          .append(" % of a core (median of the hub's rounds). Ratios suffer less than figures.\n");
    }
    return text.toString();
  }

  private String goals() {
    List<Goal> goals =
        List.of(
            goal(
                "p50 at the other node, × the floor",
                Results.ratio(hub(Measure.P50), floor(Measure.P50)),
                2.5),
            goal(
                "p99 at the other node, × the floor",
                Results.ratio(hub(Measure.P99), floor(Measure.P99)),
                1.5),
            goal(
                "time for a message of a flood, × the floor",
                Results.ratio(floor(Measure.FLOOD), hub(Measure.FLOOD)),
                3.33),
            goal("CPU of Redis for a single message, µs", hub(Measure.SINGLE), 110),
            goal("CPU of Redis for a message of a flood, µs", hub(Measure.BATCHED), 6),
            goal("memory of Redis for a message, bytes", hub(Measure.REDIS_BYTES), 320),
            goal("a node that comes late, ms", hub(Measure.LATE_NODE), 500),
            goal("Redis is back, ms", hub(Measure.BACK), 250));
    return Goal.HEADING
        + "\n"
        + goals.stream().map(Goal::row).collect(Collectors.joining("\n"))
        + "\n";
  }

  private static Goal goal(String text, OptionalDouble measured, double limit) {
    return new Goal(text, measured, OptionalDouble.of(limit));
  }

  private String loads() {
    StringBuilder text = new StringBuilder("| | ");
    text.append(Arrays.stream(LOADS).map(Measure::label).collect(Collectors.joining(" | ")));
    text.append(" |\n|").append(" --- |".repeat(LOADS.length + 1)).append("\n");
    row(text, Nodes.FLOOR, "");
    row(text, Nodes.HUB, "");
    row(text, Nodes.HUB, Nodes.EVERY_SECOND);
    row(text, Nodes.HUB, Nodes.ALWAYS);
    return text.append("\nRepeated messages in all rounds: ")
        .append(Report.number(results.sum(Nodes.HUB, Measure.REPEATED)))
        .append(". None was lost: a run fails if one is.\n")
        .toString();
  }

  private void row(StringBuilder text, String server, String variant) {
    text.append("| ").append(server).append(variant.isEmpty() ? "" : ", " + variant);
    for (Measure measure : LOADS) {
      text.append(" | ").append(results.cell(server, variant, measure));
    }
    text.append(" |\n");
  }

  private String once() {
    StringBuilder text = new StringBuilder("| | |\n| --- | --- |\n");
    for (Measure measure : ONCE) {
      text.append("| ").append(measure.label());
      text.append(" | ").append(results.cell(Nodes.HUB, "", measure)).append(" |\n");
    }
    return text.toString();
  }

  private OptionalDouble hub(Measure measure) {
    return results.median(Nodes.HUB, measure);
  }

  private OptionalDouble floor(Measure measure) {
    return results.median(Nodes.FLOOR, measure);
  }
}
