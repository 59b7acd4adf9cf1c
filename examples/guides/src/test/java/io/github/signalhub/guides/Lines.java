package io.github.signalhub.guides;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compares lines of text without their common indentation. */
final class Lines {
  private Lines() {}

  /** Reads the lines of a file, with any line ends. */
  static List<String> of(Path file) {
    try {
      return Files.readString(file).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  /** Returns the lines without their common indentation. Blank lines do not count. */
  static List<String> dedent(List<String> lines) {
    int shared =
        lines.stream().filter(line -> !line.isBlank()).mapToInt(Lines::indent).min().orElse(0);
    return lines.stream().map(line -> line.isBlank() ? "" : line.substring(shared)).toList();
  }

  /** Returns the runs of lines that are not blank. */
  static List<List<String>> paragraphs(List<String> lines) {
    List<List<String>> paragraphs = new ArrayList<>();
    List<String> current = new ArrayList<>();
    for (String line : lines) {
      if (!line.isBlank()) {
        current.add(line);
      } else if (!current.isEmpty()) {
        paragraphs.add(current);
        current = new ArrayList<>();
      }
    }
    if (!current.isEmpty()) {
      paragraphs.add(current);
    }
    return paragraphs;
  }

  /**
   * Returns how many of the first lines of {@code part} stand in {@code whole} at {@code start}.
   * Their indentation may differ by the same number of spaces.
   */
  static int matching(List<String> whole, int start, List<String> part) {
    int shift = indent(whole.get(start)) - indent(part.get(0));
    int count = 0;
    while (count < part.size() && start + count < whole.size()) {
      String expected = part.get(count);
      String line = whole.get(start + count);
      if (!line.strip().equals(expected.strip()) || indent(line) - indent(expected) != shift) {
        break;
      }
      count++;
    }
    return count;
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }
}
