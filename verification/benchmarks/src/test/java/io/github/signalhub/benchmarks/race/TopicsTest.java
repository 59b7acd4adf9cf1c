package io.github.signalhub.benchmarks.race;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopicsTest {
  @Test
  void messagesGoToTheTopicsInTurn() {
    Topics topics = Topics.oneEach(6, 3);

    assertThat(topics.name(4)).isEqualTo("T0001".getBytes(US_ASCII));
    assertThat(topics.followers(4)).isEqualTo(2);
    assertThat(IntStream.range(0, 6).filter(client -> topics.has(client, 4))).containsExactly(1, 4);
    assertThat(topics.query(4)).isEqualTo("topic=T0001");
  }

  @Test
  void everyClientHasItsOwnTopicsAndTheSameOnesInEveryRun() {
    Topics topics = Topics.different(10, 100, 5);

    assertThat(topics.query(0).split("&")).hasSize(5);
    assertThat(topics.query(0)).isNotEqualTo(topics.query(1));
    assertThat(Topics.different(10, 100, 5).query(7)).isEqualTo(topics.query(7));
    assertThat(IntStream.range(0, 100).map(topics::followers).sum()).isEqualTo(50);
  }
}
