package io.github.signalhub.metrics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes metrics in the text format of Prometheus, version 0.0.4.
 *
 * <p>The name of a series is the metric's, with underscores in place of dots. The unit follows,
 * unless the name ends with it. A counter ends with {@code _total}. So {@code signalhub.published}
 * in {@code messages} becomes {@code signalhub_published_messages_total}. Micrometer names its
 * series in the same way.
 *
 * <p>Thread-safe.
 */
public final class PrometheusText {
  /** The media type of the format. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double EXACT = 1L << 53; // each integer up to here is a double of its own

  private PrometheusText() {}

  /**
   * Returns the text of some metrics, with their values of this moment. Metrics with the same name
   * stand together, in the order in which the first of them comes.
   *
   * @throws IllegalArgumentException if two metrics have the same name and labels, or the same name
   *     and another kind: Prometheus would refuse the whole text
   */
  public static String of(Collection<Metric> metrics) {
    Map<String, List<Metric>> families = new LinkedHashMap<>();
    for (Metric metric : metrics) {
      families.computeIfAbsent(name(metric), any -> new ArrayList<>()).add(metric);
    }
    StringBuilder text = new StringBuilder();
    families.forEach((name, family) -> write(name, family, text));
    return text.toString();
  }

  private static void write(String name, List<Metric> family, StringBuilder text) {
    Metric first = family.get(0);
    text.append("# HELP ").append(name).append(' ').append(escaped(first.help())).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type(first.kind())).append('\n');
    Set<Map<String, String>> labels = new HashSet<>();
    for (Metric metric : family) {
      if (metric.kind() != first.kind() || !labels.add(metric.labels())) {
        throw new IllegalArgumentException("expected one metric of this name, was also " + metric);
      }
      text.append(name)
          .append(labels(metric.labels()))
          .append(' ')
          .append(number(metric.value()))
          .append('\n');
    }
  }

  private static String name(Metric metric) {
    StringBuilder name = new StringBuilder(metric.name().replace('.', '_'));
    if (!name.toString().endsWith("_" + metric.unit())) {
      name.append('_').append(metric.unit());
    }
    return metric.kind() == Metric.Kind.COUNTER
        ? name.append("_total").toString()
        : name.toString();
  }

  private static String type(Metric.Kind kind) {
    return switch (kind) {
      case COUNTER -> "counter";
      case GAUGE -> "gauge";
    };
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n");
  }

  private static String labels(Map<String, String> labels) {
    if (labels.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    labels.forEach(
        (label, value) ->
            text.append(text.length() == 0 ? '{' : ',')
                .append(label)
                .append("=\"")
                .append(escaped(value).replace("\"", "\\\""))
                .append('"'));
    return text.append('}').toString();
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    boolean isInteger = value == Math.rint(value) && Math.abs(value) < EXACT;
    return isInteger ? Long.toString((long) value) : Double.toString(value);
  }
}
