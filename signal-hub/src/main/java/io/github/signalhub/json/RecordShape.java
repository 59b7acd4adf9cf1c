package io.github.signalhub.json;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.UndeclaredThrowableException;
import java.lang.reflect.WildcardType;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How to take a class of records apart: its components' names, ready to be written, and their
 * accessors. Found once per class and unloaded with it.
 *
 * <p>Only objects of the JDK's types are kept with the class. A record may belong to a parent class
 * loader that outlives this library's. An object of ours in its class would keep our loader, and
 * all that it loaded, for as long. Immutable.
 */
final class RecordShape {
  /** The member that tells the classes of a sealed interface apart. */
  static final String TYPE = "type";

  private static final MethodType ACCESSOR = MethodType.methodType(Object.class, Object.class);
  private static final ClassValue<Map.Entry<String[], MethodHandle[]>> PARTS =
      new ClassValue<>() {
        @Override
        protected Map.Entry<String[], MethodHandle[]> computeValue(Class<?> type) {
          checkNested(type, new HashSet<>(Set.of(type)));
          return Map.entry(names(type), accessors(type));
        }
      };

  /** Of each component; then, where the class is one of several, the member that says which. */
  private final String[] names;

  private final MethodHandle[] accessors;

  private RecordShape(Map.Entry<String[], MethodHandle[]> parts) {
    names = parts.getKey();
    accessors = parts.getValue();
  }

  /**
   * Returns the shape of a class.
   *
   * @throws IllegalArgumentException if its module, or that of a record that its components
   *     declare, does not let this one call its accessors
   */
  static RecordShape of(Class<?> type) {
    return new RecordShape(PARTS.get(type));
  }

  int size() {
    return accessors.length;
  }

  /**
   * Returns the member that tells this class from others of a sealed interface, as it is written;
   * {@code null} if the class implements none, or has a component of that name.
   */
  String tag() {
    return names.length > accessors.length ? names[accessors.length] : null;
  }

  /** Returns a component's name as it is written: quoted, with its colon. */
  String name(int index) {
    return names[index];
  }

  Object value(Record record, int index) {
    try {
      return (Object) accessors[index].invokeExact((Object) record);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // an accessor cannot declare any, but can be made to throw it
      throw new UndeclaredThrowableException(e);
    }
  }

  private static String[] names(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    boolean tagged =
        implementsSealed(type)
            && Stream.of(components).noneMatch(each -> each.getName().equals(TYPE));
    String[] names = new String[components.length + (tagged ? 1 : 0)];
    for (int i = 0; i < components.length; i++) {
      names[i] = quoted(components[i].getName()) + ":";
    }
    if (tagged) {
      names[components.length] = quoted(TYPE) + ":" + quoted(type.getSimpleName());
    }
    return names;
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder();
    JsonString.write(text, quoted);
    return quoted.toString();
  }

  private static boolean implementsSealed(Class<?> type) {
    return Stream.of(type.getInterfaces())
        .anyMatch(each -> each.isSealed() || implementsSealed(each));
  }

  private static MethodHandle[] accessors(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    MethodHandle[] accessors = new MethodHandle[components.length];
    for (int i = 0; i < accessors.length; i++) {
      accessors[i] = accessor(type, components[i].getAccessor());
    }
    return accessors;
  }

  /** Looks at the records that components declare, so that a fault does not wait for a value. */
  private static void checkNested(Class<?> type, Set<Type> seen) {
    for (RecordComponent component : type.getRecordComponents()) {
      Type declared;
      try {
        declared = component.getGenericType();
      } catch (TypeNotPresentException | LinkageError e) {
        continue; // a class that is missing has no values to write
      }
      check(declared, seen);
    }
  }

  private static void check(Type type, Set<Type> seen) {
    if (type instanceof ParameterizedType generic) {
      check(generic.getRawType(), seen);
      for (Type argument : generic.getActualTypeArguments()) {
        check(argument, seen);
      }
    } else if (type instanceof GenericArrayType array) {
      check(array.getGenericComponentType(), seen);
    } else if (type instanceof WildcardType wildcard) {
      for (Type bound : wildcard.getUpperBounds()) {
        check(bound, seen);
      }
    } else if (type instanceof Class<?> raw && raw.isArray()) {
      check(raw.getComponentType(), seen);
    } else if (type instanceof Class<?> raw && raw.isRecord() && seen.add(raw)) {
      accessors(raw);
      checkNested(raw, seen);
    }
  }

  private static MethodHandle accessor(Class<?> type, Method method) {
    // Private and local records too: outside named modules every package is open.
    if (method.trySetAccessible()) {
      try {
        return MethodHandles.lookup().unreflect(method).asType(ACCESSOR);
      } catch (IllegalAccessException e) {
        throw inaccessible(type, e);
      }
    }
    throw inaccessible(type, null);
  }

  static IllegalArgumentException inaccessible(Class<?> type, Throwable cause) {
    return new IllegalArgumentException(
        "expected a record that is public in an exported package, was "
            + type.getName()
            + " (make it so, or let its module-info say: opens "
            + type.getPackageName()
            + " to io.github.signalhub;)",
        cause);
  }
}
