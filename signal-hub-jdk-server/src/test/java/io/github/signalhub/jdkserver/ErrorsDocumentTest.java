package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the table of bad inputs is complete, and every test that it names exists. */
class ErrorsDocumentTest {
  @ParameterizedTest
  @MethodSource("rows")
  void everyRowSaysWhatHappensAndNamesTestsThatExist(String row) throws IOException {
    NamedTests.check(row, 5);
  }

  @ParameterizedTest
  @CsvSource({
    "ErrorsDocumentTest.aTestThatDoesNotExistWouldBeFound, true",
    "ErrorsDocumentTest.rows, false",
    "ErrorsDocumentTest.Nested.aTestThatDoesNotExistWouldBeFound, false",
    "hook.test.tsx: tells why it may not, true",
    "hook.test.tsx: tells why, false",
    "gone.test.tsx: tells why it may not, false",
  })
  void aTestThatDoesNotExistWouldBeFound(String name, boolean exists) throws IOException {
    assertThat(NamedTests.exists(name)).isEqualTo(exists);
  }

  @Test
  void theTableIsThere() throws IOException {
    assertThat(rows().count()).isGreaterThan(70);
  }

  static Stream<String> rows() throws IOException {
    return NamedTests.rows("errors.md", "bad input");
  }
}
