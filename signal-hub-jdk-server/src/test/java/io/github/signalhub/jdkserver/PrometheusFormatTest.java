package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader of the format takes what is right, and finds what is wrong. */
class PrometheusFormatTest {
  private static final String HEAD = "# HELP a_total Text.\n# TYPE a_total counter\n";

  @Test
  void readsTypesAndValues() {
    PrometheusFormat read =
        PrometheusFormat.parse(
            HEAD
                + "a_total{b=\"1\",c=\"quote \\\" \\\\ \\n\"} 2\na_total 1.5E-7\n"
                + "# HELP d Text.\n# TYPE d gauge\nd +Inf\n");

    assertThat(read.types()).containsEntry("a_total", "counter").containsEntry("d", "gauge");
    assertThat(read.series())
        .containsExactly("a_total{b=1, c=quote \\\" \\\\ \\n}", "a_total", "d");
    assertThat(read.values()).containsEntry("d", Double.POSITIVE_INFINITY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        HEAD + "a_total 1",
        HEAD + "a_total 1\na_total 1\n",
        HEAD + "a_total 1,5\n",
        HEAD + "a_total -1\n",
        HEAD + "a_total{} 1\n",
        HEAD + "a_total{b=1} 1\n",
        HEAD + "a_total{1b=\"1\"} 1\n",
        HEAD + "a_total{b=\"1\",b=\"2\"} 1\n",
        HEAD + "a_total{b=\"\\x\"} 1\n",
        HEAD + "b 1\n",
        HEAD + HEAD,
        "a_total 1\n",
        "# TYPE a_total counter\na_total 1\n",
        "# HELP a Text.\n# TYPE a counter\na 1\n",
        "# HELP a.b Text.\n# TYPE a.b gauge\na.b 1\n",
        "# HELP a Text.\n# TYPE a histogram\na 1\n",
      })
  void refusesAnyFault(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> PrometheusFormat.parse(text));
  }
}
