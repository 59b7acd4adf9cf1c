package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The beginning of the README. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..", "..");

  @Test
  void theFirstBlockIsTheTwoCommandsAndNothingElse() {
    Markdown readme = Markdown.of(Lines.of(ROOT.resolve("README.md")));

    assertThat(readme.blocks().get(0).lines())
        .isEqualTo(List.of("node examples/start.mjs", "mvn verify"));
  }

  @Test
  void theFirstProgramIsTheWholeOfHello() {
    Path hello = ROOT.resolve("examples/hello/src/main/java/io/github/signalhub/hello/Hello.java");
    Markdown readme = Markdown.of(Lines.of(ROOT.resolve("README.md")));

    assertThat(readme.blocks())
        .filteredOn(block -> block.language().equals("java"))
        .first()
        .extracting(Markdown.Block::lines)
        .isEqualTo(Lines.of(hello));
  }
}
