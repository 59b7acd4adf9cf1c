package io.github.signalhub.benchmarks.race;

import java.util.OptionalDouble;

/**
 * One goal: the measured figure is at most the limit. Immutable.
 *
 * @param text the goal, with the unit of both figures
 */
public record Goal(String text, OptionalDouble measured, OptionalDouble limit) {
  /** The first lines of a table of goals. */
  public static final String HEADING = "| goal | measured | limit | |\n| --- | --- | --- | --- |";

  /** Returns {@code met}, {@code missed} or {@code not measured}. */
  String verdict() {
    if (measured.isEmpty() || limit.isEmpty()) {
      return "not measured";
    }
    return measured.getAsDouble() <= limit.getAsDouble() ? "met" : "missed";
  }

  /** Returns the row of a table. */
  public String row() {
    return "| %s | %s | %s | %s |"
        .formatted(
            text,
            Report.figure(measured),
            Report.figure(limit),
            verdict().equals("missed") ? "**missed**" : verdict());
  }
}
