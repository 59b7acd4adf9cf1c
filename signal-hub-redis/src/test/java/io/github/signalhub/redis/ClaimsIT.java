package io.github.signalhub.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.Claim.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which node processes a client's message, over a real server. */
class ClaimsIT {
  private RedisProcess redis;

  @BeforeEach
  void startRedis() throws Exception {
    redis = RedisProcess.start();
  }

  @AfterEach
  void endRedis() throws Exception {
    redis.close();
  }

  private static Backbone.Claim claim(Node node, int ref) throws Exception {
    return node.backbone
        .claim("session", "r" + ref)
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  private static void keep(Node node, int ref, String outcome) {
    node.backbone.keep("session", "r" + ref, outcome.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aMessageThatIsBeingProcessedIsNotForgottenHoweverManyFollow() throws Exception {
    try (Node a = Node.start(Node.options(redis));
        Node b = Node.start(Node.options(redis))) {
      claim(a, 0);
      for (int ref = 1; ref <= 3_000; ref++) {
        a.backbone.claim("session", "r" + ref);
        keep(a, ref, "done");
      }
      claim(a, 3_001);

      assertThat(claim(b, 0).state()).isEqualTo(State.ELSEWHERE);
      assertThat(claim(b, 3_000 - 1_023).state()).isEqualTo(State.DONE);
      assertThat(claim(b, 3_000).outcome()).asString().isEqualTo("done");
      assertThat(claim(b, 1).state()).isEqualTo(State.MINE); // it was forgotten
      assertThat(keys("refs:")).isEqualTo(2);
    }
  }

  private long keys(String part) {
    return ((Iterable<?>) redis.call("KEYS", "*" + part + "*")).spliterator().estimateSize();
  }

  @Test
  void anythingThatIsKeptEndsByItself() throws Exception {
    try (Node a = Node.start(Node.options(redis))) {
      claim(a, 1);

      assertThat(Long.parseLong(String.valueOf(redis.call("TTL", key("refs:")))))
          .isBetween(1L, 300L);
      assertThat(Long.parseLong(String.valueOf(redis.call("PTTL", key("node:")))))
          .isBetween(1L, 10_000L);
    }
  }

  private String key(String part) {
    return String.valueOf(((Iterable<?>) redis.call("KEYS", "*" + part + "*")).iterator().next());
  }

  @Test
  void aClaimWithoutAnAnswerIsGivenUpAndReleased() throws Exception {
    try (Node a = Node.start(Node.options(redis).pendingDeadline(Duration.ofSeconds(1)));
        Node b = Node.start(Node.options(redis))) {
      redis.kill();
      assertThat(claim(a, 1).state()).isEqualTo(State.UNAVAILABLE);
      redis.restart();

      assertThat(claim(b, 1).state()).isEqualTo(State.MINE);
    }
  }

  @Test
  void aNodeWithClaimsGoesOnTellingThatItLives() throws Exception {
    try (Node a = Node.start(Node.options(redis));
        Node b = Node.start(Node.options(redis))) {
      claim(a, 1);
      redis.call("DEL", key("node:"));

      RedisProcess.await(() -> keys("node:") > 0);

      assertThat(claim(b, 1).state()).isEqualTo(State.ELSEWHERE);
    }
  }

  @Test
  void claimsOverLinksThatAreCutAreAnsweredOnce() throws Exception {
    try (Node a = Node.start(Node.options(redis));
        Node b = Node.start(Node.options(redis))) {
      for (int ref = 0; ref < 200; ref++) {
        if (ref % 10 == 0) {
          redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
        assertThat(claim(a, ref).state()).isEqualTo(State.MINE);
        assertThat(claim(b, ref).state()).isEqualTo(State.ELSEWHERE);
      }
    }
  }
}
