package io.github.signalhub.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The kept inputs of one fuzz target of the module in whose folder the JVM runs. They are
 * hand-written seeds, a file each, and the inputs that the fuzzer has found, one in hex per line.
 */
final class KeptInputs {
  private static final Path FOLDER = Path.of("src", "test", "resources", "fuzz");

  private final Path seeds;
  private final Path found;

  /** Creates the inputs of a target with this simple name. */
  KeptInputs(String name) {
    seeds = FOLDER.resolve(name);
    found = FOLDER.resolve(name + ".txt");
  }

  /** Returns the files written by hand, in the order of their names. */
  List<Path> seeds() throws IOException {
    try (Stream<Path> files = Files.list(seeds)) {
      return files.sorted().toList();
    }
  }

  /** Returns the inputs that the fuzzer has found so far; empty if it has not run yet. */
  List<byte[]> found() throws IOException {
    return Files.exists(found)
        ? Files.readAllLines(found, US_ASCII).stream().map(HexFormat.of()::parseHex).toList()
        : List.of();
  }

  /** Replaces the found inputs by these, the shortest first. */
  void keep(Collection<byte[]> inputs) throws IOException {
    List<String> lines =
        inputs.stream()
            .map(HexFormat.of()::formatHex)
            .sorted((a, b) -> a.length() == b.length() ? a.compareTo(b) : a.length() - b.length())
            .toList();
    Files.write(found, lines, US_ASCII);
  }
}
