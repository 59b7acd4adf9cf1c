package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The figures of all rounds. Not thread-safe. */
final class Results {
  /** One figure. Rounds count from 1; the ones of the warm-up are negative. */
  private record Row(int round, String server, Measure measure, double value) {}

  /** The median of a measure, with its lowest and its highest value. */
  record Spread(double low, double median, double high) {}

  private final List<Row> rows = new ArrayList<>();

  void add(int round, String server, Measure measure, double value) {
    rows.add(new Row(round, server, measure, value));
  }

  /** Returns the sorted values of the rounds that count. */
  private double[] values(String server, Measure measure) {
    return rows.stream()
        .filter(row -> row.round > 0 && row.server.equals(server) && row.measure == measure)
        .mapToDouble(Row::value)
        .sorted()
        .toArray();
  }

  /** Returns the sum over all rounds, those of the warm-up included. */
  double sum(String server, Measure measure) {
    return rows.stream()
        .filter(row -> row.server.equals(server) && row.measure == measure)
        .mapToDouble(Row::value)
        .sum();
  }

  /** Returns the median, or nothing if the server has no value in a round that counts. */
  OptionalDouble median(String server, Measure measure) {
    double[] values = values(server, measure);
    if (values.length == 0) {
      return OptionalDouble.empty();
    }
    int half = values.length / 2;
    return OptionalDouble.of(
        values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2);
  }

  /** Returns the median and the extremes; the server must have a median. */
  Spread spread(String server, Measure measure) {
    double[] values = values(server, measure);
    return new Spread(values[0], median(server, measure).orElseThrow(), values[values.length - 1]);
  }

  /** Writes every row. */
  void writeCsv(Path file) throws IOException {
    StringBuilder csv = new StringBuilder("round,server,measure,unit,value\n");
    for (Row row : rows) {
      csv.append(
          String.format(
              Locale.ROOT,
              "%d,%s,%s,%s,%.4f%n",
              row.round,
              row.server,
              row.measure.name().toLowerCase(Locale.ROOT),
              row.measure.unit,
              row.value));
    }
    Files.writeString(file, csv);
  }
}
