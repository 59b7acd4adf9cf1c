package io.github.signalhub.json;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.UndeclaredThrowableException;

/**
 * How to take a class of records apart: its components' names, ready to be written, and their
 * accessors. Found once per class and unloaded with it. Immutable.
 */
final class RecordShape {
  private static final MethodType ACCESSOR = MethodType.methodType(Object.class, Object.class);
  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  private final String[] names;
  private final MethodHandle[] accessors;

  private RecordShape(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    names = new String[components.length];
    accessors = new MethodHandle[components.length];
    for (int i = 0; i < components.length; i++) {
      StringBuilder name = new StringBuilder();
      JsonString.write(components[i].getName(), name);
      names[i] = name.append(':').toString();
      accessors[i] = accessor(type, components[i].getAccessor());
    }
  }

  /**
   * Returns the shape of a class.
   *
   * @throws IllegalArgumentException if its module does not let this one call its accessors
   */
  static RecordShape of(Class<? extends Record> type) {
    return SHAPES.get(type);
  }

  int size() {
    return names.length;
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

  private static IllegalArgumentException inaccessible(Class<?> type, Throwable cause) {
    return new IllegalArgumentException(
        "expected a record that is public in an exported package, was "
            + type.getName()
            + " (make it so, or let its module-info say: opens "
            + type.getPackageName()
            + " to io.github.signalhub;)",
        cause);
  }
}
