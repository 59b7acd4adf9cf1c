package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents that refer to code name only classes, tests and faults that exist. */
class DesignDocumentsTest {
  private static final Path ROOT = Path.of(".."); // Maven runs tests in the module's folder
  private static final Path DESIGN = ROOT.resolve("docs").resolve("design");
  private static final Path ARCHITECTURE = ROOT.resolve("ARCHITECTURE.md");
  private static final Set<String> GENERATED = Set.of(".git", "node_modules", "target", "dist");

  /** A class, a member of a class, or a file of TypeScript or JavaScript. */
  private static final Pattern NAME =
      Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(\\.[a-z]\\w*)?`|`([\\w/-]+(\\.\\w+)*\\.(ts|tsx|js))`");

  private static final Pattern FAULT = Pattern.compile("\"([^\"]+)\"");
  private static final Set<String> FILES = new HashSet<>();

  @BeforeAll
  static void findFiles() throws IOException {
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return GENERATED.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            FILES.add(file.getFileName().toString());
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aPageNamesCodeAndTestsThatExist(Path page) throws IOException {
    String text = Files.readString(page);

    assertThat(unknownNames(section(text, "In the code"))).isEmpty();
    assertThat(unknownNames(section(text, "Held by"))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aPageNamesFaultsThatAreTried(Path page) throws IOException {
    String mutations = Files.readString(ROOT.resolve("verification/mutants/mutations.mjs"));

    assertThat(matches(FAULT, section(Files.readString(page), "Held by")))
        .extracting(fault -> fault.group(1).replaceAll("\\s+", " "))
        .allSatisfy(fault -> assertThat(mutations).contains("name: '" + fault + "'"));
  }

  @Test
  void theEntryPointsExist() throws IOException {
    String table = section(Files.readString(ARCHITECTURE), "Where to start");

    assertThat(matches(NAME, table)).hasSizeGreaterThan(50);
    assertThat(unknownNames(table)).isEmpty();
  }

  @Test
  void aNameThatDoesNotExistWouldBeFound() {
    assertThat(unknownNames("`HubLog`, `Hub.broadcast`, `src/socket.ts` and `FULL`")).isEmpty();
    assertThat(unknownNames("`NoSuchClass`, `NoSuchClass.method`, `none.test.ts`")).hasSize(3);
  }

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> files = Files.list(DESIGN)) {
      return files.filter(file -> !file.endsWith("README.md")).sorted().toList().stream();
    }
  }

  private static String section(String text, String title) {
    String[] parts = text.split("\n## " + title + "\n");
    assertThat(parts).as("one section \"%s\"", title).hasSize(2);
    return parts[1].split("\n## ")[0];
  }

  private static List<String> unknownNames(String text) {
    return matches(NAME, text).stream()
        .filter(name -> !FILES.contains(fileOf(name)))
        .map(MatchResult::group)
        .toList();
  }

  private static String fileOf(MatchResult name) {
    return name.group(1) != null
        ? name.group(1) + ".java"
        : Path.of(name.group(3)).getFileName().toString();
  }

  private static List<MatchResult> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }
}
