package io.github.signalhub.jdkserver.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The JDK's server and ours behave alike with the same handlers and the same bytes, except for the
 * differences in {@code docs/http.md}.
 */
@Timeout(60)
class JdkContractIT {
  private static final Path DOCUMENT = Path.of("..", "docs", "http.md");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`(?: \\(before JDK (\\d+)\\))?");

  /** The documented differences by the name of their case, with the first JDK without them. */
  private static final Map<String, Integer> DIFFERENCES = new HashMap<>();

  @BeforeAll
  static void readTheDocument() throws IOException {
    List<String> rows =
        Files.readAllLines(DOCUMENT).stream()
            .dropWhile(line -> !line.startsWith("| case |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    assertThat(rows).isNotEmpty();
    for (String row : rows) {
      String cases = row.split("\\|")[1];
      NAME.matcher(cases).results().forEach(JdkContractIT::addDifference);
    }
  }

  private static void addDifference(MatchResult named) {
    int before = named.group(2) == null ? Integer.MAX_VALUE : Integer.parseInt(named.group(2));
    DIFFERENCES.put(named.group(1), before);
  }

  static Stream<ContractCase> cases() {
    return ContractCases.all().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isKeptExceptWhereDocumented(ContractCase each) throws Exception {
    List<String> jdk;
    List<String> ours;
    try (ContractServer server = ContractServer.ofTheJdk()) {
      jdk = each.play(server);
    }
    try (ContractServer server = ContractServer.ours()) {
      ours = each.play(server);
    }

    if (Runtime.version().feature() < DIFFERENCES.getOrDefault(each.name(), 0)) {
      assertThat(ours).as("documented as different").isNotEqualTo(jdk);
    } else {
      assertThat(ours).isEqualTo(jdk);
    }
  }

  @Test
  void hasACaseForEachDocumentedDifference() {
    assertThat(cases().map(ContractCase::name))
        .doesNotHaveDuplicates()
        .containsAll(DIFFERENCES.keySet());
  }
}
