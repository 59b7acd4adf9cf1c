package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The header fields of a request, in the order in which they came. Names are compared without
 * regard to case (RFC 9110 §5.1). Values have no white space around them, and one char per byte
 * (ISO 8859-1). Lookups are linear, because there are few fields. Immutable.
 */
public final class HttpHeaders {
  /** No fields at all. */
  public static final HttpHeaders EMPTY = new HttpHeaders(List.of());

  private final List<String> namesAndValues;

  private HttpHeaders(List<String> namesAndValues) {
    this.namesAndValues = List.copyOf(namesAndValues);
  }

  /**
   * Returns fields given as name, value, name, value and so on.
   *
   * @throws IllegalArgumentException if a value is missing
   */
  public static HttpHeaders of(String... namesAndValues) {
    return of(List.of(namesAndValues));
  }

  static HttpHeaders of(List<String> namesAndValues) {
    if (namesAndValues.size() % 2 != 0) {
      throw new IllegalArgumentException("expected a value for each name");
    }
    return new HttpHeaders(namesAndValues);
  }

  /** Returns how many header lines there are. */
  public int size() {
    return namesAndValues.size() / 2;
  }

  /** Returns whether there is a field of this name. */
  public boolean contains(String name) {
    return first(name).isPresent();
  }

  /** Returns the value of the first field of this name. */
  public Optional<String> first(String name) {
    requireNonNull(name, "name");
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      if (namesAndValues.get(i).equalsIgnoreCase(name)) {
        return Optional.of(namesAndValues.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /** Returns the values of all fields of this name, in order; unmodifiable. */
  public List<String> all(String name) {
    requireNonNull(name, "name");
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
   * Returns the members of a comma-separated list over all fields of this name (RFC 9110 §5.6.1),
   * without white space around them and without empty ones. A quoted comma is taken for a
   * separator, so this suits lists of tokens.
   */
  public List<String> list(String name) {
    List<String> values = all(name);
    if (values.isEmpty()) {
      return values;
    }
    List<String> members = new ArrayList<>();
    for (String value : values) {
      for (String part : value.split(",")) {
        String member = HttpChars.trim(part);
        if (!member.isEmpty()) {
          members.add(member);
        }
      }
    }
    return List.copyOf(members);
  }

  /** Returns whether a list of tokens has this token, in any case. */
  public boolean hasToken(String name, String token) {
    requireNonNull(token, "token");
    for (String member : list(name)) {
      if (member.equalsIgnoreCase(token)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the header lines as name, value, name, value and so on; unmodifiable. */
  public List<String> namesAndValues() {
    return namesAndValues;
  }

  /** Calls {@code each} with the name and the value of every header line, in order. */
  public void forEach(BiConsumer<? super String, ? super String> each) {
    requireNonNull(each, "each");
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      each.accept(namesAndValues.get(i), namesAndValues.get(i + 1));
    }
  }

  /** Returns these fields with a new one in the place of all of its name. It comes first. */
  HttpHeaders replace(String name, String value) {
    List<String> replaced = new ArrayList<>(namesAndValues.size() + 2);
    replaced.add(name);
    replaced.add(value);
    replaced.addAll(without(name).namesAndValues);
    return new HttpHeaders(replaced);
  }

  /** Returns these fields without those of one name. */
  public HttpHeaders without(String name) {
    List<String> kept = new ArrayList<>(namesAndValues.size());
    forEach(
        (each, value) -> {
          if (!each.equalsIgnoreCase(name)) {
            kept.add(each);
            kept.add(value);
          }
        });
    return new HttpHeaders(kept);
  }

  /**
   * Returns how many fields there are. Names and values are left out, because they hold secrets.
   */
  @Override
  public String toString() {
    return size() + " header fields";
  }
}
