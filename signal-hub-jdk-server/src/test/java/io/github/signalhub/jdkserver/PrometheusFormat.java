package io.github.signalhub.jdkserver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of the text format of Prometheus, version 0.0.4, for counters and gauges. It
 * refuses also what Prometheus accepts but advises against: a series without a HELP and a TYPE, and
 * a counter without {@code _total}. Immutable.
 */
public final class PrometheusFormat {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern HELP = Pattern.compile("# HELP (\\S+) ((?:[^\\\\\n]|\\\\[\\\\n])+)");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (counter|gauge)");
  private static final Pattern SAMPLE =
      Pattern.compile("([^{ ]+)(?:\\{(.*)\\})? ([-+]?[0-9.]+(?:E-?[0-9]+)?|[-+]Inf|NaN)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\\\\\"\n]|\\\\[\\\\\"n])*)\"(?:,|$)");

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<String, Double> values = new LinkedHashMap<>();

  private PrometheusFormat() {}

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException if it breaks the format; names the line
   */
  public static PrometheusFormat parse(String text) {
    PrometheusFormat parsed = new PrometheusFormat();
    check(text.endsWith("\n"), "expected a line end at the end", text);
    Set<String> helped = new HashSet<>();
    String family = null;
    for (String line : text.split("\n", -1)) {
      Matcher help = HELP.matcher(line);
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (line.isEmpty()) {
        continue;
      } else if (help.matches()) {
        check(helped.add(help.group(1)), "expected one HELP for each name", line);
      } else if (type.matches()) {
        family = type.group(1);
        check(NAME.matcher(family).matches(), "expected a name", line);
        check(helped.contains(family), "expected HELP before TYPE", line);
        check(parsed.types.put(family, type.group(2)) == null, "expected one TYPE for each", line);
      } else {
        check(sample.matches(), "expected a sample", line);
        check(sample.group(1).equals(family), "expected samples after their TYPE", line);
        parsed.add(family, sample, line);
      }
    }
    check(parsed.types.keySet().equals(helped), "expected a TYPE for each HELP", text);
    return parsed;
  }

  private void add(String family, Matcher sample, String line) {
    double value =
        switch (sample.group(3)) {
          case "+Inf" -> Double.POSITIVE_INFINITY;
          case "-Inf" -> Double.NEGATIVE_INFINITY;
          default -> Double.parseDouble(sample.group(3));
        };
    if (types.get(family).equals("counter")) {
      check(family.endsWith("_total") && value >= 0, "expected _total, from 0 on", line);
    }
    Map<String, String> labels = labels(sample.group(2), line);
    String series = labels.isEmpty() ? family : family + labels;
    check(values.put(series, value) == null, "expected each series once", line);
  }

  private static Map<String, String> labels(String text, String line) {
    Map<String, String> labels = new TreeMap<>();
    if (text == null) {
      return labels;
    }
    Matcher label = LABEL.matcher(text);
    int end = 0;
    while (label.find() && label.start() == end) {
      check(labels.put(label.group(1), label.group(2)) == null, "expected a label once", line);
      end = label.end();
    }
    check(end == text.length() && !labels.isEmpty(), "expected labels", line);
    return labels;
  }

  private static void check(boolean holds, String rule, String line) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", was " + line);
    }
  }

  /** Returns counter or gauge, by the names of families. */
  public Map<String, String> types() {
    return Map.copyOf(types);
  }

  /** Returns the values, by the names of series as {@code name{label=value}}. */
  public Map<String, Double> values() {
    return new HashMap<>(values);
  }

  /** Returns the names of the series, in their order. */
  public List<String> series() {
    return new ArrayList<>(values.keySet());
  }
}
