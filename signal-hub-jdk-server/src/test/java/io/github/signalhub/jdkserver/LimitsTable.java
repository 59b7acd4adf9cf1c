package io.github.signalhub.jdkserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rows of {@code docs/limits.md}, and the values of their defaults on a machine. */
final class LimitsTable {
  /** The default of a limit that has no number by default. The code has a special value for it. */
  static final String NONE = "none";

  private static final int COLUMNS = 5;
  private static final Pattern CHOICE = Pattern.compile("(.+), or (.+) if that is (less|more)");
  private static final Pattern NUMBER = Pattern.compile("([\\d,.]+)(?: (\\p{Alpha}+))?");
  private static final Pattern PART_OF_HEAP = Pattern.compile("1/(\\d+) of the heap");
  private static final Pattern PER_PROCESSOR = Pattern.compile("(\\d+) per processor");
  private static final Pattern OF_ANOTHER = Pattern.compile("(half of|twice) `(\\w+)`");
  private static final Map<String, Long> UNITS =
      Map.of(
          "bytes", 1L,
          "KiB", 1L << 10,
          "MiB", 1L << 20,
          "ms", 1L,
          "s", 1_000L,
          "min", 60_000L,
          "d", 86_400_000L);

  private final List<Row> rows;

  /** One limit. A name in code format is the name of an option. */
  record Row(String name, String of, String value, String unit, String result) {
    private static Row of(String line) {
      List<String> cells = Stream.of(line.split("\\|")).skip(1).map(String::strip).toList();
      if (cells.size() != COLUMNS || cells.contains("")) {
        throw new IllegalArgumentException("expected five cells, was " + line);
      }
      return new Row(
          cells.get(0).replace("`", ""), cells.get(1), cells.get(2), cells.get(3), cells.get(4));
    }

    /** Returns the place of the limit, and its name. */
    String key() {
      return of + " " + name;
    }
  }

  private LimitsTable(List<Row> rows) {
    this.rows = rows;
  }

  static LimitsTable read() throws IOException {
    return new LimitsTable(
        Files.readAllLines(Path.of("..", "docs", "limits.md")).stream()
            .filter(line -> line.startsWith("| ") && line.split("\\|").length == COLUMNS + 1)
            .filter(line -> !line.startsWith("| limit |") && !line.startsWith("| --- |"))
            .map(Row::of)
            .toList());
  }

  List<Row> rows() {
    return rows;
  }

  /** Returns a default in bytes, milliseconds or counts, on a machine with such a heap. */
  String value(Row row, long heapBytes) {
    return Character.isDigit(row.value().charAt(0)) || row.value().startsWith("half")
        ? Long.toString(number(row.of(), row.value(), heapBytes))
        : NONE;
  }

  private long number(String of, String text, long heapBytes) {
    Matcher choice = CHOICE.matcher(text);
    if (choice.matches()) {
      long one = number(of, choice.group(1), heapBytes);
      long other = number(of, choice.group(2), heapBytes);
      return choice.group(3).equals("less") ? Math.min(one, other) : Math.max(one, other);
    }
    Matcher part = PART_OF_HEAP.matcher(text);
    if (part.matches()) {
      return heapBytes / Long.parseLong(part.group(1));
    }
    Matcher each = PER_PROCESSOR.matcher(text);
    if (each.matches()) {
      return Long.parseLong(each.group(1)) * Runtime.getRuntime().availableProcessors();
    }
    Matcher another = OF_ANOTHER.matcher(text);
    if (another.matches()) {
      long value = number(of, find(of, another.group(2)).value(), heapBytes);
      return another.group(1).equals("twice") ? 2 * value : value / 2;
    }
    Matcher number = NUMBER.matcher(text);
    if (number.matches()) {
      double digits = Double.parseDouble(number.group(1).replace(",", ""));
      return Math.round(digits * (number.group(2) == null ? 1 : UNITS.get(number.group(2))));
    }
    throw new IllegalArgumentException("expected a default that can be computed, was " + text);
  }

  private Row find(String of, String name) {
    return rows.stream()
        .filter(row -> row.name().equals(name))
        .filter(row -> row.of().equals(of) || row.of().equals("hub")) // a server follows its hub
        .findAny()
        .orElseThrow();
  }
}
