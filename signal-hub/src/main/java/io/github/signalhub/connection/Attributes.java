package io.github.signalhub.connection;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;

/** The attributes that an application gave a client: at most one of each name. Immutable. */
public final class Attributes {
  /** No attributes. */
  public static final Attributes NONE = new Attributes();

  private final Object[] keysAndValues; // key, value and so on; few, so that lookups are linear

  private Attributes(Object... keysAndValues) {
    this.keysAndValues = keysAndValues;
  }

  /**
   * Returns these attributes with one more, or with another value of one.
   *
   * @throws IllegalArgumentException if the value is not of the key's class, or there is an
   *     attribute of this name and another class; the message does not contain the value
   */
  public <T> Attributes with(AttributeKey<T> key, T value) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    if (!key.type().isInstance(value)) { // a raw key gets any value past the compiler
      throw new IllegalArgumentException(
          "expected a value of attribute " + key + ", was a " + value.getClass().getName());
    }
    int at = find(key);
    boolean isNew = at == keysAndValues.length;
    Object[] changed = Arrays.copyOf(keysAndValues, isNew ? at + 2 : keysAndValues.length);
    changed[at] = key;
    changed[at + 1] = value;
    return new Attributes(changed);
  }

  /**
   * Returns the value of an attribute.
   *
   * @throws IllegalArgumentException if there is an attribute of this name and another class
   */
  public <T> Optional<T> get(AttributeKey<T> key) {
    int at = find(key);
    return at == keysAndValues.length
        ? Optional.empty()
        : Optional.of(key.type().cast(keysAndValues[at + 1]));
  }

  /** Returns where a key is; the end if it is not there. */
  private int find(AttributeKey<?> key) {
    String name = key.name();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      AttributeKey<?> other = (AttributeKey<?>) keysAndValues[i];
      if (other.name().equals(name)) {
        if (!other.equals(key)) {
          throw new IllegalArgumentException(
              "expected a key of attribute " + other + ", was " + key);
        }
        return i;
      }
    }
    return keysAndValues.length;
  }

  /** Returns the keys. The values may be secrets. */
  @Override
  public String toString() {
    StringJoiner keys = new StringJoiner(", ", "{", "}");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      keys.add(keysAndValues[i].toString());
    }
    return keys.toString();
  }
}
