package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of bad inputs is complete in itself, and every test that it names exists. */
class ErrorsDocumentTest {
  private static final int COLUMNS = 5;
  private static final List<String> PACKAGES =
      List.of(
          "io.github.signalhub.",
          "io.github.signalhub.internal.log.",
          "io.github.signalhub.internal.session.",
          "io.github.signalhub.json.",
          "io.github.signalhub.spi.",
          "io.github.signalhub.jdkserver.",
          "io.github.signalhub.jdkserver.conformance.",
          "io.github.signalhub.jdkserver.internal.ws.",
          "io.github.signalhub.jdkserver.internal.http.",
          "io.github.signalhub.jdkserver.internal.net.",
          "io.github.signalhub.jdkserver.internal.exchange.",
          "io.github.signalhub.jdkserver.resources.");

  @ParameterizedTest
  @MethodSource("rows")
  void everyRowSaysWhatHappensAndNamesTestsThatExist(String row) {
    List<String> cells = Arrays.stream(row.split("\\|")).skip(1).map(String::strip).toList();

    assertThat(cells).hasSize(COLUMNS).doesNotContain("");
    String[] tests = cells.get(COLUMNS - 1).split(", ");
    assertThat(tests).isNotEmpty();
    for (String test : tests) {
      assertThat(test).matches("`\\w+(\\.\\w+)+`");
      assertThat(exists(test.substring(1, test.length() - 1))).as(test).isTrue();
    }
  }

  @Test
  void aTestThatDoesNotExistWouldBeFound() {
    assertThat(exists("ErrorsDocumentTest.aTestThatDoesNotExistWouldBeFound")).isTrue();
    assertThat(exists("ErrorsDocumentTest.exists")).isFalse();
    assertThat(exists("ErrorsDocumentTest.Nested.aTestThatDoesNotExistWouldBeFound")).isFalse();
  }

  @Test
  void theTableIsThere() throws IOException {
    assertThat(rows().count()).isGreaterThan(70);
  }

  static Stream<String> rows() throws IOException {
    return Files.readAllLines(document()).stream()
        .filter(line -> line.startsWith("| "))
        .filter(line -> !line.startsWith("| bad input |") && !line.startsWith("| --- |"));
  }

  /** Maven runs tests in the module's folder. */
  private static Path document() {
    return Path.of("..", "docs", "errors.md");
  }

  /** Returns whether {@code Class.Nested.method} is a test. */
  private static boolean exists(String name) {
    int dot = name.lastIndexOf('.');
    String className = name.substring(0, dot).replace('.', '$');
    return PACKAGES.stream()
        .flatMap(prefix -> load(prefix + className))
        .flatMap(found -> Arrays.stream(found.getDeclaredMethods()))
        .anyMatch(method -> method.getName().equals(name.substring(dot + 1)) && isTest(method));
  }

  private static Stream<Class<?>> load(String name) {
    try {
      return Stream.of(Class.forName(name, false, ErrorsDocumentTest.class.getClassLoader()));
    } catch (ClassNotFoundException e) {
      return Stream.empty();
    }
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class);
  }
}
