package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every link of every document has a target, and its code stands in files that the build compiles
 * or runs.
 *
 * <p>The test looks for a block of code paragraph by paragraph, in one file and in order. Each
 * paragraph must stand there line for line, but may be indented. So a block may omit lines between
 * its paragraphs. Blocks in {@code text}, {@code sh}, {@code json} and the like are not compared.
 */
class DocumentsTest {
  private static final Path ROOT = Path.of("..", "..");

  private static Repository repository;

  static Set<String> documents() throws IOException {
    if (repository == null) {
      repository = Repository.of(ROOT);
    }
    return repository.documents();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsSomewhere(String document) {
    assertThat(repository.deadLinks(document)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyBlockOfCodeIsCompiled(String document) {
    assertThat(repository.looseBlocks(document)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/", "docs/design/"})
  void anIndexNamesEveryDocumentOfItsFolder(String folder) throws IOException {
    String index = folder + "README.md";

    assertThat(documents())
        .filteredOn(document -> document.matches(folder + "[^/]+") && !document.equals(index))
        .hasSizeGreaterThan(5)
        .allMatch(document -> repository.links(index, document));
  }

  /** The faults that the checks must find. */
  @Nested
  class Finds {
    @TempDir private Path root;

    @ParameterizedTest
    @ValueSource(
        strings = {
          "[a](gone.md)",
          "[a](docs/GUIDE.md)",
          "[a](docs/guide.md#gone)",
          "[a](docs/guide.md#step-one-3)",
          "[a](#gone)",
          "[a](../docs/guide.md)",
          "[a](docs/target)",
          "![a](docs/gone.svg)",
          "[![a](docs/gone.svg)](docs/guide.md)",
          "[`a`](gone)",
          "<img src=\"docs/gone.svg\">",
          "[a]: gone.md",
          "[a][gone]",
          "https://a.example [a](https://github.com/signalhub/signal-hub/blob/main/gone.md)",
        })
    void linksThatLeadNowhere(String text) throws IOException {
      write("docs/guide.md", "# Step one", "## Step one");
      write("docs/target/made.md", "");

      assertThat(of(text).deadLinks("README.md")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "[a](docs/guide.md)",
          "[a](docs)",
          "[a](docs/)",
          "[a](/docs/guide.md)",
          "[a](docs/guide.md#step-one)",
          "[a](docs/guide.md#step-one-1)",
          "[a](docs/guide.md#usewebsocketsource-options)",
          "[a](docs/guide.md#now-see-here-its-100-)",
          "[a](docs/guide.md#by-hand)",
          "[a](docs/guide.md#underlined)",
          "[a](#title)",
          "[a](docs/guide.md \"title\")",
          "[a](https://example.org/gone)",
          "[a](mailto:a@example.org)",
          "[a](https://github.com/signalhub/signal-hub/tree/main/docs)",
          "`[a](gone.md)`",
        })
    void noLinkThatLeadsSomewhere(String text) throws IOException {
      write(
          "docs/guide.md",
          "# Step one",
          "## Step *one*",
          "### `useWebSocket(source, options?)`",
          "## Now, [see](here.md) _here_: it's 100 %",
          "<a id=\"by-hand\"></a>",
          "Underlined",
          "----------");

      assertThat(of(text).deadLinks("README.md")).isEmpty();
    }

    @Test
    void noLinkInABlock() throws IOException {
      assertThat(of("```text", "[a](gone.md)", "```").deadLinks("README.md")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
      "java, ```java, ```",
      "java, ~~~~ java, ~~~~",
      "java, ```Java title=x, ```",
      "java, ```java{1}, ```",
      "in a list, '   ```java', '   ```'",
      "in a quote, '> ```java', '> ```'",
    })
    void codeThatIsNotInTheCompiledFile(String kind, String opening, String closing)
        throws IOException {
      String indent =
          opening.substring(0, opening.length() - opening.replaceFirst("^[ >]+", "").length());
      write("a/src/main/java/A.java", "class A {", "  int a;", "", "  int b;", "}");
      write("notes/A.java", "int c;");

      assertThat(of(opening, indent + "int a;", closing).looseBlocks("README.md")).isEmpty();
      assertThat(of(opening, indent + "int c;", closing).looseBlocks("README.md")).hasSize(1);
    }

    @Test
    void codeWithALineThatDiffersOrIsLeftOut() throws IOException {
      write(
          "a/src/main/java/A.java",
          "class A {",
          "  void a() {",
          "    b();",
          "    c();",
          "  }",
          "}");

      assertThat(java("void a() {", "  b();", "  c();", "}")).isEmpty();
      assertThat(java("void a() {", "  c();", "}")).hasSize(1);
      assertThat(java("void a() {", "  b(1);", "  c();", "}")).hasSize(1);
      assertThat(java("void a() {", "b();", "c();", "}")).hasSize(1);
      assertThat(java("  b();", "", "  c();")).isEmpty();
      assertThat(java("c();", "", "b();")).hasSize(1);
    }

    @Test
    void whatIsMostLikeIt() throws IOException {
      write("a/src/main/java/A.java", "int a;", "int b;", "int c;");

      assertThat(java("int a;", "int b;", "int d;"))
          .containsExactly(
              "README.md:1: stands in no file that is compiled; a/src/main/java/A.java lacks: int d;");
    }

    @Test
    void partsOfOneBlockInTwoFiles() throws IOException {
      write("a/src/main/java/A.java", "int a;");
      write("a/src/main/java/B.java", "int b;");

      assertThat(java("int a;", "", "int b;")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
      "tsx, a.tsx",
      "ts, a.ts",
      "typescript, a.ts",
      "js, a.mjs",
      "nginx, a.conf",
      "html, a.html"
    })
    void codeOfOtherLanguages(String language, String file) throws IOException {
      write(file, "one");

      assertThat(of("```" + language, "one", "```").looseBlocks("README.md")).isEmpty();
      assertThat(of("```" + language, "two", "```").looseBlocks("README.md")).hasSize(1);
    }

    @Test
    void aLanguageThatNobodyKnows() throws IOException {
      assertThat(of("```kotlin", "```").looseBlocks("README.md")).hasSize(1);
      assertThat(of("```sh", "```").looseBlocks("README.md")).isEmpty();
    }

    private List<String> java(String... code) throws IOException {
      return of("```java\n" + String.join("\n", code) + "\n```").looseBlocks("README.md");
    }

    private Repository of(String... readme) throws IOException {
      write("README.md", String.join("\n", readme), "", "# Title");
      return Repository.of(root);
    }

    private void write(String file, String... lines) throws IOException {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), String.join("\n", lines) + "\n");
    }
  }
}
