package io.github.signalhub.internal.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The header lines of a request, in the order in which they came. Names are compared without regard
 * to case (RFC 9110 §5.1). Lookups are linear, for there are few lines. Immutable.
 */
public final class FieldLines {
  /** No lines at all. */
  public static final FieldLines NONE = new FieldLines(List.of());

  private final List<String> namesAndValues;

  /**
   * Copies lines, unless their list cannot change.
   *
   * @param namesAndValues name, value, name, value and so on
   * @throws IllegalArgumentException if a value is missing
   */
  public FieldLines(List<String> namesAndValues) {
    if (namesAndValues.size() % 2 != 0) {
      throw new IllegalArgumentException(
          "expected headerLines of a value for each name, was " + namesAndValues.size() + " texts");
    }
    this.namesAndValues = List.copyOf(namesAndValues);
  }

  /** Returns these lines and, after them, others: name, value, name, value and so on. */
  public FieldLines and(List<String> others) {
    if (others.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(namesAndValues);
    all.addAll(others);
    return new FieldLines(all);
  }

  /** Returns the value of the first line of this name. */
  public Optional<String> first(String name) {
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      if (namesAndValues.get(i).equalsIgnoreCase(name)) {
        return Optional.of(namesAndValues.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /** Returns the values of all lines of this name, in order; unmodifiable. */
  public List<String> all(String name) {
    List<String> values = List.of(); // most requests lack most fields
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      if (namesAndValues.get(i).equalsIgnoreCase(name)) {
        values = values.isEmpty() ? new ArrayList<>(1) : values;
        values.add(namesAndValues.get(i + 1));
      }
    }
    return List.copyOf(values);
  }

  /**
   * Returns the members of a comma-separated list over all lines of this name (RFC 9110 §5.6.1),
   * without white space around them and without empty ones. Use it for lists of tokens: it does not
   * understand quoted commas.
   */
  public List<String> list(String name) {
    List<String> members = new ArrayList<>();
    for (String line : all(name)) {
      for (String member : line.split(",")) {
        String trimmed = member.trim();
        if (!trimmed.isEmpty()) {
          members.add(trimmed);
        }
      }
    }
    return members;
  }
}
