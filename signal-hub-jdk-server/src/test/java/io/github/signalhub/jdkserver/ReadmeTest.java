package io.github.signalhub.jdkserver;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What README shows is what works. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");

  @Test
  void theJavaStartIsAtMostTenLinesAndCompiles(@TempDir Path classes) throws IOException {
    List<String> start = firstBlock("```java");
    assertThat(start).hasSizeBetween(1, 10);
    String program =
        "import io.github.signalhub.*;\nimport io.github.signalhub.jdkserver.*;\nimport java.util.*;\n"
            + "class Start {\n  public static void main(String[] args) throws Exception {\n"
            + start.stream().collect(joining("\n"))
            + "\n  }\n}\n";

    StringWriter messages = new StringWriter();
    boolean compiled = compile(program, classes, messages);

    assertThat(compiled).as("%s%n%s", program, messages).isTrue();
    assertThat(program)
        .as("passes on what it has checked alone")
        .doesNotContain("broadcast(message");
  }

  @Test
  void theFirstBlockIsTheTwoCommandsAndNothingElse() throws IOException {
    assertThat(firstBlock("```")).containsExactly("node examples/start.mjs", "mvn verify");
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/protocol.md"})
  void theGuaranteeIsGivenInTheSameWords(String page) throws IOException {
    String text = Files.readString(README.resolveSibling(page)).replaceAll("[\\s>*]+", " ");

    assertThat(text)
        .containsIgnoringCase(
            "Every client sees the messages of its topics in the hub's one order, a catch-up"
                + " preceding what is live; after a lost connection it misses none within retention"
                + " and gets none twice; outside retention it is told of the gap; a slow client"
                + " costs the others nothing.");
  }

  private static boolean compile(String program, Path classes, StringWriter messages)
      throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject source =
        new SimpleJavaFileObject(URI.create("string:///Start.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return program;
          }
        };
    List<String> options =
        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    return compiler.getTask(messages, null, null, options, null, List.of(source)).call();
  }

  private static List<String> firstBlock(String fence) throws IOException {
    List<String> lines = Files.readAllLines(README);
    List<String> rest = lines.stream().dropWhile(line -> !line.startsWith(fence)).skip(1).toList();
    return rest.stream().takeWhile(line -> !line.equals("```")).toList();
  }
}
