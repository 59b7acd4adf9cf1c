package io.github.signalhub.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisBackboneBuilderTest {
  private final RedisBackboneBuilder builder = RedisBackbone.builder();

  static Stream<Arguments> badValues() {
    return Stream.of(
        bad("database of at least 0, was -1", b -> b.database(-1)),
        bad("connectTimeout of 1 ms to", b -> b.connectTimeout(Duration.ZERO)),
        bad("timeout of 1 ms to", b -> b.timeout(Duration.ofHours(1))),
        bad("startTimeout of 0 to", b -> b.startTimeout(Duration.ofSeconds(-1))),
        bad("maxMessages of at least 1, was 0", b -> b.maxMessages(0)),
        bad("maxAge of 1000 ms to", b -> b.maxAge(Duration.ofMillis(999))),
        bad("maxPending of at least 1, was 0", b -> b.maxPending(0)),
        bad("maxPendingBytes of at least 1, was 0", b -> b.maxPendingBytes(0)),
        bad("pendingDeadline of 1 ms to", b -> b.pendingDeadline(Duration.ZERO)),
        bad("maxBatch of 1 to 1000, was 1001", b -> b.maxBatch(1001)),
        bad("maxBatchesInFlight of 1 to 64, was 0", b -> b.maxBatchesInFlight(0)),
        bad("port of 1 to 65535, was 99999", b -> b.servers("x:99999")));
  }

  private static Arguments bad(String words, Consumer<RedisBackboneBuilder> set) {
    return Arguments.of(words, set);
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void aValueOutOfRangeIsRefusedAtOnce(String words, Consumer<RedisBackboneBuilder> set) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> set.accept(builder))
        .withMessageContaining(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "{a}", "a:b", "é"})
  void aNameOfAHubHasPlainCharacters(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> builder.hub(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:s3cret@host",
        "redis://user:s3cret@",
        "redis://user:s3 cret@host",
        "redis://user:s3cret@host/x",
        "redis://user:s3cret@host:port",
        "redis://user:s3%zzcret@host"
      })
  void aWrongUrlIsRefusedAndNotQuoted(String url) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> builder.url(url))
        .withMessageContaining("redis://user:password@host:6379/0")
        .withMessageNotContaining("s3")
        .withNoCause();
  }

  @Test
  void theHubAndItsServersAreRequired() {
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.url("redis://host").build())
        .withMessageContaining("hub");
    assertThatIllegalStateException()
        .isThrownBy(() -> RedisBackbone.builder().hub("orders").build())
        .withMessageContaining("url, servers, sentinels or cluster");
  }

  @Test
  void aClusterHasOneDatabase() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.cluster("host").database(1).hub("orders").build());
  }

  @Test
  void aBackboneThatWasNotStartedCanBeClosed() {
    RedisBackbone backbone = RedisBackbone.of("redis://host", "orders");

    backbone.close();

    assertThat(backbone).isNotNull();
  }
}
