package io.github.signalhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalTest {
  private static final String TEXT =
      "{\"type\":\"ORDER\",\"payload\":{\"id\":7},\"topic\":\"orders\",\"id\":\"a-3\"}";

  @Test
  void textIsReadByItsMembers() {
    Arrival arrival = Arrival.parse(Duration.ofMillis(5), 2, TEXT);

    assertThat(arrival.type()).isEqualTo("ORDER");
    assertThat(arrival.member("id")).contains(7L);
    assertThat(arrival.topic()).contains("orders");
    assertThat(arrival.id()).contains("a-3");
    assertThat(arrival.isControl()).isFalse();
    assertThat(arrival.repeated()).isFalse();
    assertThat(arrival).hasToString("Arrival[at=PT0.005S, connection=2, text=" + TEXT + "]");
  }

  @Test
  void arrivalsOfTheSameTextAtTheSameTimeAreEqual() {
    Arrival arrival = Arrival.parse(Duration.ofMillis(5), 2, TEXT);

    assertThat(List.of(arrival)).isEqualTo(List.of(Arrival.parse(Duration.ofMillis(5), 2, TEXT)));
    assertThat(arrival)
        .isNotEqualTo(Arrival.parse(Duration.ofMillis(5), 1, TEXT))
        .isNotEqualTo(arrival.asRepeated());
  }
}
