package io.github.signalhub.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The options of a command: {@code --name value}, all of them whole numbers. Immutable. */
final class Arguments {
  private final Map<String, Integer> values = new HashMap<>();

  /**
   * Reads options.
   *
   * @throws IllegalArgumentException if one is unknown, has no value, or its value is no number
   */
  Arguments(List<String> args, List<String> known) {
    for (int i = 0; i < args.size(); i += 2) {
      String name = args.get(i);
      if (!known.contains(name)) {
        throw new IllegalArgumentException("expected one of " + known + ", was " + name);
      }
      if (i + 1 == args.size() || !args.get(i + 1).matches("\\d{1,9}")) {
        throw new IllegalArgumentException("expected a number behind " + name);
      }
      values.put(name, Integer.valueOf(args.get(i + 1)));
    }
  }

  /** Returns an option's value, or the default. */
  int get(String name, int otherwise) {
    return values.getOrDefault(name, otherwise);
  }
}
