package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Documents name the version that readers can get: the last release, and before the first release
 * the version of the build.
 */
class VersionsTest {
  private static final Path ROOT = Path.of("..", "..");

  /** A dependency in the words of Maven or of Gradle. */
  private static final Pattern MAVEN =
      Pattern.compile("signal-hub[\\w-]*(?::|</artifactId>\\s*<version>)(\\d[^'<\\s]*)");

  private static final Pattern NPM = Pattern.compile("use-flow-socket-(\\d[\\d.]*)\\.tgz");

  static Set<String> documents() throws IOException {
    return Repository.of(ROOT).documents();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void documentsNameTheVersionThatIsThere(String document) throws IOException {
    String text = read(document);

    assertThat(all(MAVEN, text)).allMatch(readersGet()::equals);
    assertThat(all(NPM, text))
        .allMatch(first("\"version\": \"(.+)\"", "frontend-hook/package.json").get()::equals);
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/getting-started.md", "docs/scaling.md"})
  void readersCanCopyADependency(String document) throws IOException {
    assertThat(all(MAVEN, read(document))).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void nothingButTheVersionSaysThatItIsNotReleased(String document) throws IOException {
    assertThat(MAVEN.matcher(read(document)).replaceAll(""))
        .satisfiesAnyOf(
            text -> assertThat(text).doesNotContain("SNAPSHOT"),
            text -> assertThat(document).isEqualTo("RELEASING.md"));
  }

  @Test
  void theChangesOfTheNextReleaseHaveAPart() throws IOException {
    String version = ofTheBuild();

    assertThat(read("CHANGELOG.md"))
        .containsPattern(
            version.endsWith("-SNAPSHOT")
                ? "\n## Unreleased \\(" + version.replace("-SNAPSHOT", "") + "\\)\n"
                : "\n## " + version + " \\(\\d{4}-\\d\\d-\\d\\d\\)\n");
  }

  private static String readersGet() throws IOException {
    return first("(?m)^## (\\d\\S*) \\(\\d", "CHANGELOG.md").orElse(ofTheBuild());
  }

  private static String ofTheBuild() throws IOException {
    return first("<version>(.+)</version>", "pom.xml").orElseThrow();
  }

  private static Optional<String> first(String regex, String file) throws IOException {
    return all(Pattern.compile(regex), read(file)).stream().findFirst();
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
  }

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }
}
