package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The figures of all rounds. A variant is a load that differs from the standard one, which has an
 * empty name. Rounds count from 1; the ones of the warm-up are negative. Not thread-safe.
 */
public final class Results {
  private static final String HEAD = "scenario,round,server,variant,measure,unit,value";

  private record Row(
      String scenario, int round, String server, String variant, Measure measure, double value) {
    boolean is(String server, String variant, Measure measure) {
      return this.server.equals(server) && this.variant.equals(variant) && this.measure == measure;
    }
  }

  /** The median of a measure, with its lowest and its highest value. */
  record Spread(double low, double median, double high) {}

  private final List<Row> rows = new ArrayList<>();

  /** Adds a figure. */
  public void add(
      String scenario, int round, String server, String variant, Measure measure, double value) {
    rows.add(new Row(scenario, round, server, variant, measure, value));
  }

  /** Forgets the rounds of scenarios. */
  void remove(Set<String> scenarios) {
    rows.removeIf(row -> scenarios.contains(row.scenario));
  }

  /** Returns the scenarios that have figures, in the order of their names. */
  Set<String> scenarios() {
    Set<String> names = new TreeSet<>();
    rows.forEach(row -> names.add(row.scenario));
    return names;
  }

  /** Returns how many rounds of a scenario count. */
  public int rounds(String scenario) {
    return rows.stream()
        .filter(row -> row.scenario.equals(scenario))
        .mapToInt(Row::round)
        .max()
        .orElse(0);
  }

  /** Returns the sum over all loads and rounds, those of the warm-up included. */
  public double sum(String server, Measure measure) {
    return rows.stream()
        .filter(row -> row.server.equals(server) && row.measure == measure)
        .mapToDouble(Row::value)
        .sum();
  }

  /** Returns the median, or nothing if there is no value in a round that counts. */
  public OptionalDouble median(String server, String variant, Measure measure) {
    return median(values(row -> row.is(server, variant, measure)));
  }

  /** Returns the median of the standard load. */
  public OptionalDouble median(String server, Measure measure) {
    return median(server, "", measure);
  }

  /** Returns the median of one scenario alone. */
  OptionalDouble medianOf(String scenario, String server, Measure measure) {
    return median(values(row -> row.scenario.equals(scenario) && row.is(server, "", measure)));
  }

  /** Returns the ratio of two figures, or nothing if one of them is missing. */
  public static OptionalDouble ratio(OptionalDouble above, OptionalDouble below) {
    return above.isPresent() && below.isPresent()
        ? OptionalDouble.of(above.getAsDouble() / below.getAsDouble())
        : OptionalDouble.empty();
  }

  /** Returns the median and the extremes; there must be a median. */
  Spread spread(String server, String variant, Measure measure) {
    double[] values = values(row -> row.is(server, variant, measure));
    return new Spread(values[0], median(values).orElseThrow(), values[values.length - 1]);
  }

  /** Returns the median with the extremes, as a cell of a table; a dash if there is none. */
  public String cell(String server, String variant, Measure measure) {
    if (median(server, variant, measure).isEmpty()) {
      return "–";
    }
    Spread spread = spread(server, variant, measure);
    return "%s (%s–%s)"
        .formatted(
            Report.number(spread.median), Report.number(spread.low), Report.number(spread.high));
  }

  private double[] values(Predicate<Row> which) {
    return rows.stream()
        .filter(row -> row.round > 0)
        .filter(which)
        .mapToDouble(Row::value)
        .sorted()
        .toArray();
  }

  private static OptionalDouble median(double[] values) {
    if (values.length == 0) {
      return OptionalDouble.empty();
    }
    int half = values.length / 2;
    return OptionalDouble.of(
        values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2);
  }

  /** Writes every row. */
  public void writeCsv(Path file) throws IOException {
    StringBuilder csv = new StringBuilder(HEAD).append('\n');
    for (Row row : rows) {
      csv.append(
          String.format(
              Locale.ROOT,
              "%s,%d,%s,%s,%s,%s,%.4f\n",
              row.scenario,
              row.round,
              row.server,
              row.variant,
              row.measure.name().toLowerCase(Locale.ROOT),
              row.measure.unit,
              row.value));
    }
    Files.writeString(file, csv);
  }

  /**
   * Reads what {@link #writeCsv} wrote.
   *
   * @throws IOException if there is no such file, or it is another one
   */
  public static Results readCsv(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.get(0).equals(HEAD)) {
      throw new IOException("expected the rounds of a run, was " + file);
    }
    Results results = new Results();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      results.add(
          fields[0],
          Integer.parseInt(fields[1]),
          fields[2],
          fields[3],
          Measure.valueOf(fields[4].toUpperCase(Locale.ROOT)),
          Double.parseDouble(fields[6]));
    }
    return results;
  }
}
