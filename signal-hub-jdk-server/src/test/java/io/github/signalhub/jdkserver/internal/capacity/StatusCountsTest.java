package io.github.signalhub.jdkserver.internal.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.internal.counters.CodeCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusCountsTest {
  private static final Pattern GIVEN =
      Pattern.compile(
          "(?:HttpException\\(|tooLong\\(|BODY_BYTES, |Refused\\(|refuse\\()([45]\\d\\d)");

  private final CodeCounters counts = ServerCounts.byStatus();

  static Stream<String> statuses() {
    return ServerCounts.byStatus().names().stream()
        .filter(name -> !name.equals(CodeCounters.OTHER));
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void countEachStatusByItself(String status) {
    counts.count(Integer.parseInt(status));

    assertThat(counts.names())
        .allSatisfy(name -> assertThat(counts.of(name)).isEqualTo(name.equals(status) ? 1 : 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {402, 418, 499, 599})
  void countStatusesOfApplicationsTogether(int status) {
    counts.count(status);

    assertThat(counts.of(CodeCounters.OTHER)).isEqualTo(1);
  }

  @Test
  void haveEveryStatusThatTheCodeGives() throws IOException {
    TreeSet<String> given = new TreeSet<>();
    for (Path module : List.of(Path.of(""), Path.of("..", "signal-hub"))) {
      try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
        for (Path file : files.filter(name -> name.toString().endsWith(".java")).toList()) {
          GIVEN.matcher(Files.readString(file)).results().forEach(it -> given.add(it.group(1)));
        }
      }
    }

    assertThat(given).hasSizeGreaterThan(10);
    assertThat(counts.names()).containsAll(given);
  }
}
