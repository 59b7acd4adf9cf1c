package io.github.signalhub.connection;

import java.lang.invoke.MethodType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The name and the class of an attribute of a client. Make each key once, as a constant:
 *
 * <pre>{@code
 * static final AttributeKey<Role> ROLE = AttributeKey.of("role", Role.class);
 * }</pre>
 *
 * <p>Two keys of the same name and class are equal, wherever they were made. A client has at most
 * one attribute of a name: a key of the same name and another class is refused there. For a generic
 * type, such as a set of roles, use a record that holds it.
 *
 * <p>Immutable.
 *
 * @param <T> the class of the values
 */
public final class AttributeKey<T> {
  private final String name;
  private final Class<T> type;

  private AttributeKey(String name, Class<T> type) {
    this.name = name;
    this.type = type;
  }

  /**
   * Returns a key.
   *
   * @param name of the attribute, not empty
   * @param type of the values; a primitive type stands for its wrapper
   * @throws IllegalArgumentException if the name is empty
   */
  @SuppressWarnings("unchecked") // the class of int is a Class<Integer>, and so is its wrapper
  public static <T> AttributeKey<T> of(String name, Class<T> type) {
    Objects.requireNonNull(type, "type");
    if (Objects.requireNonNull(name, "name").isEmpty()) {
      throw new IllegalArgumentException("expected a name of an attribute");
    }
    return new AttributeKey<>(name, (Class<T>) MethodType.methodType(type).wrap().returnType());
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns the class of the values. */
  public Class<T> type() {
    return type;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AttributeKey<?> key && name.equals(key.name) && type == key.type;
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + type.hashCode();
  }

  /** Returns the name and the class. */
  @Override
  public String toString() {
    return name + ": " + type.getName();
  }
}
