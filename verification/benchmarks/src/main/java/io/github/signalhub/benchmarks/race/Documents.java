package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * Puts a report into {@code docs/performance.md}, and its plots into {@code docs/images}. The
 * document has a line {@code <!-- race: cpu -->} before each generated part and {@code <!-- end
 * -->} after it. The figures themselves go to {@code docs/performance}. Stateless.
 */
public final class Documents {
  /** The document, relative to the folder of the repository. */
  public static final Path DOCUMENT = Path.of("docs", "performance.md");

  /** The folder of the rounds and of the facts about the run. */
  public static final Path FIGURES = Path.of("docs", "performance");

  /** Begins the names of the parts of {@code race}. */
  static final String RACE = "race";

  private static final String END = "<!-- end -->\n";

  private Documents() {}

  /**
   * Writes all files.
   *
   * @param folder of the run
   * @param root of the repository
   * @throws IOException if a file is missing, or the document lacks a part
   */
  static void write(Report report, Path folder, Path root) throws IOException {
    Path document = root.resolve(DOCUMENT);
    Files.writeString(document, filled(Files.readString(document), RACE, report.parts()));
    keep(folder.resolve("rounds.csv"), root);
    keep(folder.resolve("run.properties"), root);
    for (Map.Entry<String, String> plot : report.plots().entrySet()) {
      Files.writeString(plot(root, plot.getKey()), plot.getValue());
    }
  }

  /** Copies a file to {@link #FIGURES}. */
  public static void keep(Path file, Path root) throws IOException {
    Path figures = Files.createDirectories(root.resolve(FIGURES));
    Files.copy(file, figures.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Returns the file of a plot in the repository. */
  static Path plot(Path root, String name) {
    return root.resolve("docs").resolve("images").resolve("performance-" + name);
  }

  /**
   * Returns the document with a report's parts in their places.
   *
   * @param command the one that writes the report; it begins the names of the parts
   * @throws IOException if the document lacks the place of a part
   */
  public static String filled(String document, String command, Map<String, String> parts)
      throws IOException {
    String filled = document;
    for (Map.Entry<String, String> part : parts.entrySet()) {
      String begin = "<!-- " + command + ": " + part.getKey() + " -->\n";
      int from = filled.indexOf(begin);
      int to = filled.indexOf(END, from);
      if (from < 0 || to < 0) {
        throw new IOException("expected " + begin.strip() + " and " + END.strip() + " after it");
      }
      filled =
          filled.substring(0, from + begin.length())
              + "\n"
              + part.getValue()
              + "\n"
              + filled.substring(to);
    }
    return filled;
  }
}
