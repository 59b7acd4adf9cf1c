package io.github.signalhub.jdkserver;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.LimitsTable.Row;
import io.github.signalhub.jdkserver.internal.capacity.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The document of limits has every option of the code, with its default and its result. */
class LimitsDocumentTest {
  private static final Pattern RESULTS =
      Pattern.compile(
          "(?<![\\d,])([45]\\d\\d|10\\d\\d|4[12]\\d\\d)(?![\\d,])|`([A-Z_]{4,}|[a-z_]{7,})`");

  /** Limits of the server that it does not count, with the reasons. */
  private static final Map<String, String> NOT_COUNTED =
      Map.of(
          "bufferedRequestBytes", "the handler waits",
          "bufferedResponseBytes", "the handler waits",
          "closeTimeout", "the hub counts the deadlines of links",
          "loops", "connections share them",
          "pingInterval", "a ping is no fault",
          "pongTimeout", "the hub counts the deadlines of links",
          "sendBufferBytes", "messages wait in the log");

  private final LimitsTable table = LimitsTable.read();

  LimitsDocumentTest() throws IOException {}

  @Test
  void hasEveryOptionThatIsALimit() {
    Set<String> rows = keys().filter(key -> !key.startsWith("fixed ")).collect(toTree());

    Set<String> expected = Defaults.options();
    assertThat(expected).containsAll(Defaults.NO_LIMITS);
    expected.removeAll(Defaults.NO_LIMITS);
    assertThat(rows).isEqualTo(expected);
  }

  @Test
  void hasEachLimitOnce() {
    assertThat(keys()).doesNotHaveDuplicates();
  }

  @Test
  void saysTheDefaultsOfTheCode() throws ReflectiveOperationException {
    assertThat(defaults(table, Runtime.getRuntime().maxMemory())).isEqualTo(Defaults.read());
  }

  /** Each status, code or value of a limit is in a row of the errors that names the limit. */
  @Test
  void saysTheResultsThatTheErrorsHave() throws IOException {
    Map<String, Set<String>> missing = new TreeMap<>();
    for (Row row : options().toList()) {
      Set<String> errors =
          Files.readAllLines(Path.of("..", "docs", "errors.md")).stream()
              .filter(line -> line.startsWith("| ") && line.contains("`" + row.name() + "`"))
              .flatMap(LimitsDocumentTest::results)
              .collect(toTree());
      Set<String> results = results(row.result()).collect(toTree());
      results.removeAll(errors);
      if (!results.isEmpty()) {
        missing.put(row.key(), results);
      }
    }

    assertThat(missing).as("results that errors.md does not have").isEmpty();
  }

  /** Each limit of the server is counted by its name, or there is a reason why none is. */
  @Test
  void hasEachLimitThatTheServerCounts() {
    Set<String> rows =
        table.rows().stream()
            .filter(row -> row.of().equals("server"))
            .map(Row::name)
            .collect(toTree());

    Set<String> expected = Stream.of(Limit.values()).map(Limit::option).collect(toTree());
    expected.addAll(NOT_COUNTED.keySet());
    expected.remove(Limit.MAX_CLIENT_MESSAGE_BYTES.option()); // of the hub, and kept by the server
    assertThat(rows).isEqualTo(expected);
    assertThat(NOT_COUNTED.keySet())
        .doesNotContainAnyElementsOf(Stream.of(Limit.values()).map(Limit::option).toList());
  }

  static Map<String, String> defaults(LimitsTable table, long heapBytes) {
    return table.rows().stream()
        .filter(row -> !row.of().startsWith("hook"))
        .collect(
            Collectors.toMap(
                Row::key, row -> table.value(row, heapBytes), (one, other) -> one, TreeMap::new));
  }

  private Stream<String> keys() {
    return table.rows().stream().map(Row::key).filter(key -> !key.startsWith("hook"));
  }

  private Stream<Row> options() {
    return table.rows().stream()
        .filter(row -> Set.of("hub", "server", "platform", "topic").contains(row.of()));
  }

  private static Stream<String> results(String text) {
    return RESULTS.matcher(text).results().map(MatchResult::group).map(LimitsDocumentTest::plain);
  }

  private static String plain(String code) {
    return code.replace("`", "");
  }

  private static Collector<String, ?, Set<String>> toTree() {
    return toCollection(TreeSet::new);
  }
}
