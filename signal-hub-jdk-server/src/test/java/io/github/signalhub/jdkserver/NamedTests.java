package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The tests that tables of documents name in their last column. A name is {@code
 * Class.Nested.method} in Java, or {@code file.test.ts: the sentence} of the React hook. Maven runs
 * tests in the module's folder.
 */
final class NamedTests {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Path HOOK = Path.of("..", "frontend-hook", "test");
  private static final Pattern IN_JAVA = Pattern.compile("\\w+(\\.\\w+)+");
  private static final Pattern OF_THE_HOOK = Pattern.compile("([\\w-]+\\.test\\.tsx?): (.+)");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final List<String> PACKAGES =
      List.of(
          "io.github.signalhub.",
          "io.github.signalhub.admission.",
          "io.github.signalhub.connection.",
          "io.github.signalhub.internal.admission.",
          "io.github.signalhub.internal.inbound.",
          "io.github.signalhub.internal.log.",
          "io.github.signalhub.internal.refs.",
          "io.github.signalhub.internal.session.",
          "io.github.signalhub.json.",
          "io.github.signalhub.spi.",
          "io.github.signalhub.jdkserver.",
          "io.github.signalhub.jdkserver.conformance.",
          "io.github.signalhub.jdkserver.internal.certificates.",
          "io.github.signalhub.jdkserver.internal.ws.",
          "io.github.signalhub.jdkserver.internal.http.",
          "io.github.signalhub.jdkserver.internal.exchange.",
          "io.github.signalhub.jdkserver.internal.loop.",
          "io.github.signalhub.jdkserver.internal.capacity.",
          "io.github.signalhub.jdkserver.internal.socket.",
          "io.github.signalhub.jdkserver.internal.link.",
          "io.github.signalhub.jdkserver.internal.httpconnection.",
          "io.github.signalhub.jdkserver.internal.server.",
          "io.github.signalhub.jdkserver.resources.");

  private NamedTests() {}

  /** Returns the rows of a document's tables whose header begins with this text. */
  static Stream<String> rows(String document, String header) throws IOException {
    return Files.readAllLines(DOCS.resolve(document)).stream()
        .filter(line -> line.startsWith("| "))
        .filter(line -> !line.startsWith("| " + header + " |") && !line.startsWith("| --- |"));
  }

  /** Checks that a row has so many cells, and that each test in its last one exists. */
  static void check(String row, int columns) throws IOException {
    List<String> cells = Arrays.stream(row.split("\\|")).skip(1).map(String::strip).toList();
    assertThat(cells).hasSize(columns).doesNotContain("");
    String last = cells.get(columns - 1);
    List<String> names = NAME.matcher(last).results().map(found -> found.group(1)).toList();
    assertThat(last).isEqualTo("`" + String.join("`, `", names) + "`");
    for (String name : names) {
      assertThat(exists(name)).as(name).isTrue();
    }
  }

  static boolean exists(String name) throws IOException {
    MatchResult sentence = OF_THE_HOOK.matcher(name).results().findFirst().orElse(null);
    return sentence != null
        ? existsInHook(sentence.group(1), sentence.group(2))
        : IN_JAVA.matcher(name).matches() && existsInJava(name);
  }

  private static boolean existsInHook(String file, String sentence) throws IOException {
    return Files.isRegularFile(HOOK.resolve(file))
        && Files.readString(HOOK.resolve(file)).contains("('" + sentence + "'");
  }

  private static boolean existsInJava(String name) {
    int dot = name.lastIndexOf('.');
    String className = name.substring(0, dot).replace('.', '$');
    return PACKAGES.stream()
        .flatMap(prefix -> load(prefix + className))
        .flatMap(found -> Arrays.stream(found.getDeclaredMethods()))
        .filter(method -> method.getName().equals(name.substring(dot + 1)))
        .anyMatch(
            method ->
                method.isAnnotationPresent(Test.class)
                    || method.isAnnotationPresent(RepeatedTest.class)
                    || method.isAnnotationPresent(ParameterizedTest.class));
  }

  private static Stream<Class<?>> load(String name) {
    try {
      return Stream.of(Class.forName(name, false, NamedTests.class.getClassLoader()));
    } catch (ClassNotFoundException e) {
      return Stream.empty();
    }
  }
}
