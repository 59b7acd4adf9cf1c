package io.github.signalhub.json;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A type to read a value as: a class and its type arguments, without variables and wildcards. A
 * variable that nothing sets stands for its bound. Immutable.
 *
 * @param type the class; of a generic array, an array of its elements' class
 * @param arguments the type arguments; of an array, its elements' target; empty for a raw class
 */
record Target(Class<?> type, List<Target> arguments) {
  static Target of(Type type) {
    return of(type, Map.of());
  }

  private static Target of(Type type, Map<TypeVariable<?>, Target> variables) {
    if (type instanceof Class<?> raw) {
      return new Target(raw, raw.isArray() ? List.of(of(raw.getComponentType())) : List.of());
    } else if (type instanceof ParameterizedType generic) {
      List<Target> arguments =
          Stream.of(generic.getActualTypeArguments()).map(each -> of(each, variables)).toList();
      return new Target((Class<?>) generic.getRawType(), arguments);
    } else if (type instanceof GenericArrayType array) {
      Target elements = of(array.getGenericComponentType(), variables);
      return new Target(elements.type.arrayType(), List.of(elements));
    } else if (type instanceof WildcardType wildcard) {
      return of(wildcard.getUpperBounds()[0], variables);
    }
    TypeVariable<?> variable = (TypeVariable<?>) type;
    Target known = variables.get(variable);
    // The bound of a variable may name the variable: T extends Comparable<T>.
    return known != null ? known : new Target(rawBound(variable), List.of());
  }

  private static Class<?> rawBound(TypeVariable<?> variable) {
    Type bound = variable.getBounds()[0];
    while (bound instanceof TypeVariable<?> other) {
      bound = other.getBounds()[0];
    }
    return bound instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) bound;
  }

  /** Returns the target of a type that stands in this class, such as that of a component. */
  Target within(Type declared) {
    return of(declared, variables());
  }

  /** Returns a type argument of this class or of one that it extends or implements. */
  Target argument(Class<?> ancestor, int index) {
    return Objects.requireNonNull(as(ancestor), "ancestor").argument(index);
  }

  /**
   * Returns one of the classes that a sealed interface permits, with the arguments of this target
   * wherever the class passes its own on.
   */
  Target permitted(Class<?> subclass) {
    TypeVariable<?>[] parameters = subclass.getTypeParameters();
    if (parameters.length == 0 || arguments.isEmpty()) {
      return of(subclass);
    }
    // Which argument of the interface is which parameter of the class: shown by marked arguments.
    List<Target> marks = new ArrayList<>();
    for (TypeVariable<?> parameter : parameters) {
      marks.add(new Target(rawBound(parameter), List.of()));
    }
    List<Target> passed = new Target(subclass, marks).as(type).arguments;
    List<Target> own = new ArrayList<>(marks);
    for (int i = 0; i < passed.size(); i++) {
      for (int j = 0; j < own.size(); j++) {
        if (passed.get(i) == marks.get(j)) {
          own.set(j, arguments.get(i));
        }
      }
    }
    return new Target(subclass, own);
  }

  private Target argument(int index) {
    return index < arguments.size()
        ? arguments.get(index)
        : new Target(rawBound(type.getTypeParameters()[index]), List.of());
  }

  /** Returns this target as an ancestor sees it; {@code null} if it is none. */
  private Target as(Class<?> ancestor) {
    if (type == ancestor) {
      return this;
    }
    Map<TypeVariable<?>, Target> variables = variables();
    Stream<Type> parents =
        Stream.concat(
            Stream.ofNullable(type.getGenericSuperclass()), Stream.of(type.getGenericInterfaces()));
    return parents
        .map(parent -> of(parent, variables).as(ancestor))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private Map<TypeVariable<?>, Target> variables() {
    Map<TypeVariable<?>, Target> variables = new HashMap<>();
    TypeVariable<?>[] parameters = type.getTypeParameters();
    for (int i = 0; i < parameters.length && i < arguments.size(); i++) {
      variables.put(parameters[i], arguments.get(i));
    }
    return variables;
  }

  @Override
  public String toString() {
    return type.getTypeName();
  }
}
