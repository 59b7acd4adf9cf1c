package io.github.signalhub.json;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How to put a class of records together: its components' names and types, and its constructor.
 * Found once per class and unloaded with it; kept as {@link RecordShape} says. Immutable.
 */
final class RecordForm {
  private static final MethodType CREATOR = MethodType.methodType(Object.class, Object[].class);
  private static final ClassValue<Map.Entry<MethodHandle, RecordComponent[]>> PARTS =
      new ClassValue<>() {
        @Override
        protected Map.Entry<MethodHandle, RecordComponent[]> computeValue(Class<?> type) {
          RecordComponent[] components = type.getRecordComponents();
          return Map.entry(creator(type, components), components);
        }
      };

  private final MethodHandle creator;
  private final RecordComponent[] components;

  private RecordForm(Map.Entry<MethodHandle, RecordComponent[]> parts) {
    creator = parts.getKey();
    components = parts.getValue();
  }

  /**
   * Returns the form of a class.
   *
   * @throws IllegalArgumentException if its module does not let this one call its constructor
   */
  static RecordForm of(Class<?> type) {
    return new RecordForm(PARTS.get(type));
  }

  int size() {
    return components.length;
  }

  String name(int index) {
    return components[index].getName();
  }

  Type type(int index) {
    return components[index].getGenericType();
  }

  /** Returns a record; throws what its constructor does. */
  Object create(Object[] values) {
    try {
      return (Object) creator.invokeExact(values);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // a constructor of a record declares none, but can be made to throw it
      throw new UndeclaredThrowableException(e);
    }
  }

  private static MethodHandle creator(Class<?> type, RecordComponent[] components) {
    Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      if (constructor.trySetAccessible()) {
        return MethodHandles.lookup()
            .unreflectConstructor(constructor)
            .asSpreader(Object[].class, types.length)
            .asType(CREATOR);
      }
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw RecordShape.inaccessible(type, e);
    }
    throw RecordShape.inaccessible(type, null);
  }
}
