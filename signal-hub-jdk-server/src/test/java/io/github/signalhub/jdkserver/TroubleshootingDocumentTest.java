package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every claim of the document on troubleshooting names tests that exist. */
class TroubleshootingDocumentTest {
  @ParameterizedTest
  @MethodSource("rows")
  void everyRowNamesTestsThatExist(String row) throws IOException {
    NamedTests.check(row, 4);
  }

  @Test
  void theTablesAreThere() throws IOException {
    assertThat(rows().count()).isGreaterThan(40);
  }

  static Stream<String> rows() throws IOException {
    return NamedTests.rows("troubleshooting.md", "you see");
  }
}
