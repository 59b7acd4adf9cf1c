package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The guide shows the same files that tests run. */
class DeployingGuideTest {
  private static final Path DOCS = Path.of("..", "..", "docs");

  @ParameterizedTest
  @MethodSource("files")
  void everyFileIsShownAsItIs(Path file) throws IOException {
    String page = Files.readString(DOCS.resolve("deploying.md"));

    assertThat(page).contains("\n```" + language(file) + "\n" + Files.readString(file) + "```\n");
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(DOCS.resolve("deploying"))) {
      return files.sorted().toList();
    }
  }

  /** Returns GitHub's language name for a file. */
  private static String language(Path file) {
    return switch (file.getFileName().toString()) {
      case "nginx.conf" -> "nginx";
      case "httpd.conf" -> "apacheconf";
      case "haproxy.cfg" -> "haproxy";
      case "Caddyfile" -> "caddyfile";
      case "Dockerfile" -> "dockerfile";
      default -> "ini";
    };
  }
}
