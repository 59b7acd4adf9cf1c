package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TopicOptionsTest {
  @Test
  void eachSettingIsChangedAlone() {
    TopicOptions changed =
        TopicOptions.DEFAULT
            .withMessages(5)
            .withBytes(6)
            .withAge(Duration.ofSeconds(7))
            .withLagPolicy(LagPolicy.CLOSE)
            .compactBy(Message::type)
            .withMaxKeys(8)
            .withKeyAge(Duration.ofSeconds(9))
            .withPresence(Duration.ofSeconds(10));

    assertThat(changed)
        .hasToString(
            "TopicOptions[messages=5, bytes=6, age=PT7S, lagPolicy=CLOSE, compacted=true,"
                + " maxKeys=8, keyAge=PT9S, presence=PT10S]");
    assertThat(TopicOptions.DEFAULT)
        .hasToString(
            "TopicOptions[messages=1000, bytes=1048576, age=PT5M, lagPolicy=SKIP,"
                + " compacted=false, maxKeys=10000]");
  }

  @Test
  void optionsAreEqualIfAllSettingsAre() {
    Function<Message, String> key = Message::type;

    assertThat(TopicOptions.DEFAULT.withMessages(5).withMessages(1_000))
        .isEqualTo(TopicOptions.DEFAULT)
        .hasSameHashCodeAs(TopicOptions.DEFAULT);
    assertThat(TopicOptions.DEFAULT.withKeyAge(Duration.ofHours(1)))
        .isNotEqualTo(TopicOptions.DEFAULT);
    assertThat(TopicOptions.DEFAULT.compactBy(key)).isNotEqualTo(TopicOptions.DEFAULT);
  }

  @Test
  void statsArePrintedWithTheirNames() {
    try (Hub hub = Hub.create()) {
      hub.broadcast("N", 1);

      assertThat(hub.stats().toString())
          .startsWith("HubStats[clients=0, connected=0, topics=1, published=1, refused=0,")
          .endsWith("received=0, ignored=0, failedCallbacks=0]");
    }
  }
}
