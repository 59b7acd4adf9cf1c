package io.github.signalhub.benchmarks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The options of a command: {@code --name value}, or only {@code --name} for flags. Immutable. */
final class Arguments {
  private final Map<String, String> values = new HashMap<>();
  private final Set<String> flags = new HashSet<>();

  /**
   * Reads options.
   *
   * @throws IllegalArgumentException if one is unknown or has no value
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
      if (!rest.hasNext()) {
        throw new IllegalArgumentException("expected a value after " + name);
      }
      values.put(name, rest.next());
    }
  }

  /** Returns whether a flag is set. */
  boolean has(String flag) {
    return flags.contains(flag);
  }

  /**
   * Returns an option's value, or the default.
   *
   * @throws IllegalArgumentException if it is not a whole number of at most nine digits
   */
  int get(String name, int otherwise) {
    String value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("\\d{1,9}")) {
      throw new IllegalArgumentException("expected a number after " + name + ", was " + value);
    }
    return Integer.parseInt(value);
  }

  /** Returns an option's values, which commas separate; empty if it is not given. */
  List<String> list(String name) {
    return values.containsKey(name) ? List.of(values.get(name).split(",")) : List.of();
  }

  /** Returns an option's path. */
  Optional<Path> path(String name) {
    return Optional.ofNullable(values.get(name)).map(Path::of);
  }

  /**
   * Returns the address to listen on: the one of {@code --host}, or by default a loopback address,
   * because these servers are for local tests.
   *
   * @throws UnknownHostException if the host is unknown
   */
  InetAddress host() throws UnknownHostException {
    String host = values.get("--host");
    return host == null ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host);
  }
}
