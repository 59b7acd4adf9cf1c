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
  }

  @Test
  void theFirstBlockIsTheTwoCommandsAndNothingElse() throws IOException {
    assertThat(firstBlock("```")).hasSize(2).allMatch(line -> line.startsWith("mvn "));
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
