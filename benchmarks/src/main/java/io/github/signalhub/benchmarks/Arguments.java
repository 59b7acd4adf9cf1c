package io.github.signalhub.benchmarks;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options of a command: {@code --name value}, all of them whole numbers, and flags, which are
 * {@code --name} alone. Immutable.
 */
final class Arguments {
  private final Map<String, Integer> values = new HashMap<>();
  private final Set<String> flags = new HashSet<>();

  /**
   * Reads options.
   *
   * @throws IllegalArgumentException if one is unknown, has no value, or its value is no number
   */
  Arguments(List<String> args, List<String> known, String... knownFlags) {
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String name = rest.next();
      if (List.of(knownFlags).contains(name)) {
        flags.add(name);
        continue;
      }
      if (!known.contains(name)) {
        throw new IllegalArgumentException("expected one of " + known + ", was " + name);
      }
      String value = rest.hasNext() ? rest.next() : "";
      if (!value.matches("\\d{1,9}")) {
        throw new IllegalArgumentException("expected a number behind " + name);
      }
      values.put(name, Integer.valueOf(value));
    }
  }

  /** Returns whether a flag is there. */
  boolean has(String flag) {
    return flags.contains(flag);
  }

  /** Returns an option's value, or the default. */
  int get(String name, int otherwise) {
    return values.getOrDefault(name, otherwise);
  }
}
