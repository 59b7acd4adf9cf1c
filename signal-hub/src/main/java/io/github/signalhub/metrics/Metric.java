package io.github.signalhub.metrics;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;

/**
 * One figure: a description that never changes, and a value that is read when it is asked for.
 *
 * <pre>{@code
 * for (Metric metric : hub.metrics()) {
 *   System.out.println(metric.name() + metric.labels() + " " + metric.value() + " " + metric.unit());
 * }
 * }</pre>
 *
 * <p>Metrics with the same name have the same kind, unit and help. They differ by their labels.
 *
 * <p>Immutable but for the value. Thread-safe if the source of the value is.
 */
public final class Metric {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*([._][a-z0-9]+)*");
  private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

  private final String name;
  private final Kind kind;
  private final String unit;
  private final String help;
  private final Map<String, String> labels;
  private final DoubleSupplier value;

  /** The way in which a value changes. */
  public enum Kind {
    /** It grows from 0, for as long as the hub or the carrier lives. Its rate is of interest. */
    COUNTER,

    /** It rises and falls. */
    GAUGE
  }

  private Metric(
      String name,
      Kind kind,
      String unit,
      String help,
      Map<String, String> labels,
      DoubleSupplier value) {
    this.name = matching("a name", NAME, name);
    this.kind = kind;
    this.unit = matching("a unit", LABEL, unit);
    this.help = requireNonNull(help, "help");
    this.labels = labels;
    this.value = requireNonNull(value, "value");
  }

  /**
   * Describes a value that only grows.
   *
   * @param name lower-case words, joined by dots or underscores: {@code signalhub.published}
   * @param unit a lower-case word: {@code bytes}, {@code seconds}, or the things that are counted
   * @param help one line for people
   * @param value is asked for the value, on any thread; it returns at once
   * @throws IllegalArgumentException if the name or the unit is no such word
   */
  public static Metric counter(String name, String unit, String help, DoubleSupplier value) {
    return new Metric(name, Kind.COUNTER, unit, help, Map.of(), value);
  }

  /**
   * Describes a value that rises and falls.
   *
   * @param name as for {@link #counter}
   * @param unit likewise
   * @param help likewise
   * @param value likewise
   * @throws IllegalArgumentException likewise
   */
  public static Metric gauge(String name, String unit, String help, DoubleSupplier value) {
    return new Metric(name, Kind.GAUGE, unit, help, Map.of(), value);
  }

  /**
   * Returns this metric with one more label. The values of a label have to be few, and known
   * before. Each of them is a series that the monitoring keeps.
   *
   * @param label lower-case words, joined by underscores
   * @param text the value of the label
   * @throws IllegalArgumentException if the label is no such word, or is there already
   */
  public Metric withLabel(String label, String text) {
    Map<String, String> more = new TreeMap<>(labels);
    if (more.put(matching("a label", LABEL, label), requireNonNull(text, "text")) != null) {
      throw new IllegalArgumentException("expected a label once, was " + label + " again");
    }
    return new Metric(name, kind, unit, help, Collections.unmodifiableMap(more), value);
  }

  /** Returns the name, with dots between its words: {@code signalhub.published}. */
  public String name() {
    return name;
  }

  /** Returns the way in which the value changes. */
  public Kind kind() {
    return kind;
  }

  /** Returns the unit: {@code bytes}, {@code seconds}, or the things that are counted. */
  public String unit() {
    return unit;
  }

  /** Returns one line that says what the value tells. */
  public String help() {
    return help;
  }

  /** Returns the labels by their names, in the order of these. Unmodifiable; empty for most. */
  public Map<String, String> labels() {
    return labels;
  }

  /** Returns the value of this moment. */
  public double value() {
    return value.getAsDouble();
  }

  /** Returns the name, the labels and the value. */
  @Override
  public String toString() {
    return name + labels + "=" + value();
  }

  private static String matching(String what, Pattern pattern, String text) {
    if (!pattern.matcher(requireNonNull(text, what)).matches()) {
      throw new IllegalArgumentException("expected " + what + " like " + pattern + ", was " + text);
    }
    return text;
  }
}
