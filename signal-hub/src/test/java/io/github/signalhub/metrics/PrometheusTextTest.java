package io.github.signalhub.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusTextTest {
  @Test
  void namesTheUnitAndMarksACounter() {
    List<Metric> metrics =
        List.of(
            Metric.counter("signalhub.published", "messages", "Messages taken.", () -> 3),
            Metric.gauge("signalhub.log", "bytes", "Heap of the log.", () -> 4096),
            Metric.gauge("signalhub.clients", "clients", "Clients now.", () -> 2));

    assertThat(PrometheusText.of(metrics))
        .isEqualTo(
            """
            # HELP signalhub_published_messages_total Messages taken.
            # TYPE signalhub_published_messages_total counter
            signalhub_published_messages_total 3
            # HELP signalhub_log_bytes Heap of the log.
            # TYPE signalhub_log_bytes gauge
            signalhub_log_bytes 4096
            # HELP signalhub_clients Clients now.
            # TYPE signalhub_clients gauge
            signalhub_clients 2
            """);
  }

  @Test
  void putsMetricsOfOneNameTogetherThoughOthersComeBetween() {
    Metric closed = Metric.counter("closed", "clients", "Ended.", () -> 1);
    List<Metric> metrics =
        List.of(
            closed.withLabel("code", "1000"),
            Metric.gauge("up", "seconds", "Time.", () -> 0.25),
            closed.withLabel("code", "1006"));

    assertThat(PrometheusText.of(metrics))
        .isEqualTo(
            """
            # HELP closed_clients_total Ended.
            # TYPE closed_clients_total counter
            closed_clients_total{code="1000"} 1
            closed_clients_total{code="1006"} 1
            # HELP up_seconds Time.
            # TYPE up_seconds gauge
            up_seconds 0.25
            """);
  }

  @Test
  void escapesTextsAndOrdersLabelsByTheirNames() {
    Metric metric =
        Metric.gauge("a", "things", "back\\slash\nand line", () -> 1)
            .withLabel("z", "quote\" back\\slash\nline")
            .withLabel("b", "1");

    assertThat(PrometheusText.of(List.of(metric)))
        .isEqualTo(
            """
            # HELP a_things back\\\\slash\\nand line
            # TYPE a_things gauge
            a_things{b="1",z="quote\\" back\\\\slash\\nline"} 1
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "0.5, 0.5",
    "9007199254740991, 9007199254740991",
    "1e300, 1.0E300",
    "NaN, NaN",
    "Infinity, +Inf",
    "-Infinity, -Inf"
  })
  void writesNumbersAsPrometheusReadsThem(double value, String written) {
    Metric metric = Metric.gauge("a", "things", "A.", () -> value);

    assertThat(PrometheusText.of(List.of(metric))).endsWith("\na_things " + written + "\n");
  }

  @Nested
  class Refuses {
    private final Metric metric = Metric.gauge("a", "things", "A.", () -> 1);

    @Test
    void theSameSeriesTwice() {
      List<Metric> twice =
          List.of(
              metric.withLabel("b", "1").withLabel("c", "2"),
              metric.withLabel("c", "2").withLabel("b", "1"));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> PrometheusText.of(twice))
          .withMessage("expected one metric of this name, was also a{b=1, c=2}=1.0");
    }

    @Test
    void anotherKindOfTheSameName() {
      // "a.things.total" as a gauge has the name of the counter "a"
      List<Metric> mixed =
          List.of(
              Metric.counter("a", "things", "A.", () -> 1),
              Metric.gauge("a.things", "total", "A.", () -> 1).withLabel("b", "1"));

      assertThatIllegalArgumentException().isThrownBy(() -> PrometheusText.of(mixed));
    }

    @ParameterizedTest
    @CsvSource({"''", "1a", "A", "a-b", "a..b", "a.", "_a", "a b"})
    void namesThatAreNoWords(String name) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Metric.gauge(name, "things", "A.", () -> 1))
          .withMessageContaining(name);
    }

    @Test
    void unitsAndLabelsThatAreNoWords() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Metric.counter("a", "Bytes", "A.", () -> 1));
      assertThatIllegalArgumentException().isThrownBy(() -> metric.withLabel("a.b", "1"));
    }

    @Test
    void aLabelTwice() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> metric.withLabel("a", "1").withLabel("a", "2"))
          .withMessage("expected a label once, was a again");
    }
  }
}
