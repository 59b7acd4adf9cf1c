package io.github.signalhub.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.github.signalhub.spi.Backbone.At;
import io.github.signalhub.spi.Backbone.Claim;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Settled;
import io.github.signalhub.spi.Backbone.Unavailable;
import io.github.signalhub.spi.Backbone.Unconfirmed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a node of a hub can rely on, over a real server. */
class RedisBackboneIT {
  private RedisProcess redis;

  @BeforeEach
  void startRedis() throws Exception {
    redis = RedisProcess.start();
  }

  @AfterEach
  void endRedis() throws Exception {
    redis.close();
  }

  private Node node() throws Exception {
    return Node.start(Node.options(redis));
  }

  /** Starts a node that soon gives up what Redis does not answer. */
  private Node impatientNode() throws Exception {
    return Node.start(
        Node.options(redis)
            .pendingDeadline(Duration.ofMillis(300))
            .timeout(Duration.ofMillis(200)));
  }

  private static String epoch(Node node) {
    return HexFormat.of().toHexDigits(node.sink.epoch());
  }

  private static Settled get(CompletableFuture<Settled> settled) throws Exception {
    return settled.get(30, TimeUnit.SECONDS);
  }

  @Nested
  class Order {
    @Test
    void isTheSameOnAllNodes() throws Exception {
      try (Node a = node();
          Node b = node()) {
        for (int i = 0; i < 1_000; i++) {
          a.publish("a" + i);
          b.publish("b" + i);
        }
        a.flush();
        b.flush();
        a.reach();
        b.reach();

        assertThat(a.sink.bodies()).hasSize(2_000).isEqualTo(b.sink.bodies());
        assertThat(a.sink.bodies().stream().filter(text -> text.startsWith("a")))
            .isEqualTo(IntStream.range(0, 1_000).mapToObj(i -> "a" + i).toList());
        assertThat(a.sink.placed.stream().map(Placed::offset))
            .isEqualTo(IntStream.rangeClosed(1, 2_000).mapToObj(Long::valueOf).toList());
      }
    }

    @Test
    void isToldToThePublisherOnceItsOwnSinkHasThePublication() throws Exception {
      try (Node a = node()) {
        a.sink.setFull(true);
        CompletableFuture<Settled> settled = a.publish("text");
        try (Node b = node()) {
          RedisProcess.await(() -> b.sink.bodies().equals(List.of("text")));
        }
        assertThat(settled).isNotDone();

        a.sink.setFull(false);

        assertThat(get(settled)).isEqualTo(new At(a.sink.epoch(), 1));
        assertThat(a.sink.bodies()).containsExactly("text");
      }
    }

    @Test
    void goesOnWhileTheNodesOwnSinkIsFull() throws Exception {
      try (Node a = node();
          Node b = node()) {
        a.sink.setFull(true);
        IntStream.range(0, 3_000).forEach(i -> a.publish("a" + i));

        RedisProcess.await(() -> b.sink.bodies().size() == 3_000);

        assertThat(a.sink.bodies()).isEmpty();
      }
    }

    @Test
    void reachesANodeWhoseLinksEndAmidLongAnswers() throws Exception {
      try (Node a = node();
          CuttingProxy proxy = new CuttingProxy(redis.port(), 1, 20_000)) {
        IntStream.range(0, 1_500).forEach(i -> a.publish("x".repeat(100)));
        a.flush();

        RecordingSink late = new RecordingSink();
        RedisBackboneBuilder options =
            RedisBackbone.builder()
                .servers(proxy.address())
                .hub("orders")
                .startTimeout(Duration.ofSeconds(30));
        assertThatNoException().isThrownBy(() -> Node.start(options, late).close());

        assertThat(late.bodies()).isEqualTo(a.sink.bodies());
      }
    }

    @Test
    void keepsEveryPartOfAPublication() throws Exception {
      try (Node a = node()) {
        byte[] bytes = new byte[256];
        IntStream.range(0, 256).forEach(i -> bytes[i] = (byte) i);
        get(a.publish(Kind.MESSAGE, "täg:1 x", "", 0, new String(bytes, "ISO-8859-1")));
        get(a.publish(Kind.ROW, "rows", "k ey\n", 0, "{}"));
        get(a.publish(Kind.DELETION, "rows", "k ey\n", 0, "gone"));
        get(a.publish(Kind.REMOVAL, "rows", "", 7, ""));

        assertThat(a.sink.placed)
            .extracting(
                Placed::offset, Placed::kind, Placed::topic, Placed::key, Placed::removesUpTo)
            .containsExactly(
                org.assertj.core.groups.Tuple.tuple(1L, Kind.MESSAGE, "täg:1 x", "", 0L),
                org.assertj.core.groups.Tuple.tuple(2L, Kind.ROW, "rows", "k ey\n", 0L),
                org.assertj.core.groups.Tuple.tuple(3L, Kind.DELETION, "rows", "k ey\n", 0L),
                org.assertj.core.groups.Tuple.tuple(4L, Kind.REMOVAL, "rows", "", 7L));
        assertThat(a.sink.bodies())
            .containsExactly(new String(bytes, "ISO-8859-1"), "{}", "gone", "");
      }
    }

    @Test
    void hasTheAgeByTheClockOfRedis() throws Exception {
      try (Node a = node()) {
        get(a.publish("old"));
        long publishedNanos = System.nanoTime();
        RedisProcess.await(() -> System.nanoTime() - publishedNanos > 50_000_000);

        try (Node late = node()) {
          assertThat(late.sink.last().ageNanos())
              .isBetween(49_000_000L, System.nanoTime() - publishedNanos + 20_000_000);
        }
        assertThat(a.sink.last().ageNanos()).isLessThan(49_000_000L);
      }
    }
  }

  @Nested
  class Starts {
    @Test
    void ofTheFirstNodeBeginAnEpochAndOfTheOthersDoNot() throws Exception {
      try (Node a = node();
          Node b = node()) {
        assertThat(a.sink.restarts()).hasSize(1);
        assertThat(a.sink.restarts().get(0).isFirst()).isTrue();
        assertThat(b.sink.restarts()).hasSize(1);
        assertThat(b.sink.restarts().get(0).isFirst()).isFalse();
        assertThat(b.sink.epoch()).isEqualTo(a.sink.epoch());
      }
    }

    @Test
    void giveALateNodeWhatIsRetained() throws Exception {
      try (Node a = node()) {
        IntStream.range(0, 1_000).forEach(i -> a.publish("a" + i));
        a.flush();

        try (Node late = node()) {
          assertThat(late.sink.bodies()).hasSize(1_000).isEqualTo(a.sink.bodies());
        }
      }
    }

    @Test
    void giveALateNodeTheRowsWhoseEntriesHaveLeft() throws Exception {
      try (Node a = Node.start(Node.options(redis).maxMessages(100))) {
        a.row("stock", "apple", "1");
        a.row("stock", "pear", "2");
        a.row("stock", "apple", "3");
        a.row("stock", "plum", "4");
        a.publish(Kind.DELETION, "stock", "plum", 0, "");
        a.row("prices", "apple", "5");
        a.publish(Kind.REMOVAL, "prices", "", 0, "");
        IntStream.range(0, 1_000).forEach(i -> a.publish("a" + i));
        a.row("stock", "pear", "6");
        a.flush();

        try (Node late = node()) {
          assertThat(late.sink.rows()).containsExactly("stock/apple=3", "stock/pear=6");
          assertThat(late.sink.restarts().get(0).rows()).isEqualTo(1); // the pear is in the stream
          assertThat(late.sink.restarts().get(0).floor()).isGreaterThan(500);
          assertThat(late.sink.horizon()).isEqualTo(a.sink.horizon());
        }
      }
    }

    @Test
    void giveALateNodeWhatIsYoungEnough() throws Exception {
      try (Node a = Node.start(Node.options(redis).maxAge(Duration.ofSeconds(1)))) {
        a.row("stock", "apple", "1");
        IntStream.range(0, 100).forEach(i -> a.publish("old"));
        a.flush();
        RedisProcess.await(
            () -> {
              Thread.sleep(20); // or there would be many
              get(a.publish("young"));
              String stream = "sh:{orders}:log:" + epoch(a);
              return !redis
                  .call("XRANGE", stream, "-", "+", "COUNT", 1)
                  .toString()
                  .contains("apple");
            });

        try (Node late = node()) {
          assertThat(late.sink.rows()).containsExactly("stock/apple=1");
          assertThat(late.sink.horizon()).isEqualTo(a.sink.horizon());
          assertThat(late.sink.bodies())
              .contains("young")
              .doesNotContain("old")
              .hasSizeGreaterThan(1);
        }
      }
    }
  }

  @Nested
  class Removals {
    @Test
    void upToAnOffsetLeaveLaterRows() throws Exception {
      try (Node a = Node.start(Node.options(redis).maxMessages(100))) {
        a.row("stock", "apple", "1");
        long second = ((At) get(a.row("stock", "pear", "2"))).offset();
        a.row("stock", "plum", "3");
        a.publish(Kind.REMOVAL, "stock", "", second, "");
        IntStream.range(0, 1_000).forEach(i -> a.publish("a" + i));
        a.flush();

        try (Node late = node()) {
          assertThat(late.sink.rows()).containsExactly("stock/plum=3").isEqualTo(a.sink.rows());
        }
      }
    }

    @Test
    void leaveNothingOfATableWithoutRows() throws Exception {
      try (Node a = node()) {
        a.row("stock", "apple", "1");
        a.row("prices", "apple", "1");
        a.publish(Kind.REMOVAL, "stock", "", 0, "");
        get(a.publish(Kind.DELETION, "prices", "apple", 0, ""));

        assertThat((List<?>) redis.call("SMEMBERS", "sh:{orders}:tables")).isEmpty();
        assertThat(redis.call("EXISTS", "sh:{orders}:table:stock")).isEqualTo(0L);
      }
    }
  }

  @Nested
  class AnotherServer {
    @Test
    void thatWasEmptiedBeginsAnEpochOnAllNodes() throws Exception {
      try (Node a = node();
          Node b = node()) {
        get(a.publish("before"));
        b.reach();
        redis.call("FLUSHALL");

        RedisProcess.await(() -> a.sink.restarts().size() == 2 && b.sink.restarts().size() == 2);
        At at = (At) get(a.publish("after"));
        b.reach();

        assertThat(a.sink.epoch()).isEqualTo(b.sink.epoch()).isEqualTo(at.epoch());
        assertThat(at.offset()).isGreaterThan(1L << 36);
        assertThat(b.sink.bodies()).containsExactly("after");
        assertThat(List.of(a, b).stream().filter(node -> node.sink.restarts().get(1).isFirst()))
            .hasSize(1);
      }
    }

    @Test
    void thatOthersBeganBelowWhatANodeKnowsBeginsAbove() throws Exception {
      try (Node a = node()) {
        get(a.publish("before"));
        redis.call("HSET", "sh:{orders}:hub", "epoch", "00000000000000ff", "base", 0, "last", 0);

        RedisProcess.await(() -> a.sink.restarts().size() == 2);

        assertThat(a.sink.epoch()).isNotEqualTo(0xff);
        assertThat(a.sink.restarts().get(1).base()).isEqualTo(1L << 36);
      }
    }

    @Test
    void thatWasRestartedKeepsTheRowsThatItHas() throws Exception {
      try (RedisProcess durable =
              RedisProcess.start("--appendonly", "yes", "--appendfsync", "always");
          Node a = Node.start(Node.options(durable));
          Node b = Node.start(Node.options(durable))) {
        get(a.row("stock", "apple", "1"));
        durable.kill();
        durable.restart();

        RedisProcess.await(() -> a.sink.restarts().size() == 2 && b.sink.restarts().size() == 2);
        a.reach();
        b.reach();

        assertThat(a.sink.rows()).containsExactly("stock/apple=1").isEqualTo(b.sink.rows());
        assertThat(a.sink.last().ageNanos()).isPositive();
      }
    }

    @Test
    void thatIsAwayForTooLongSettlesWhatWaits() throws Exception {
      try (Node a = impatientNode()) {
        get(a.publish("before"));
        redis.kill();
        RedisProcess.await(() -> a.backbone.staleNanos() > 700_000_000);

        assertThat(get(a.publish("after"))).isEqualTo(new Unavailable());
      }
    }

    @Test
    void thatDoesNotAnswerLeavesWhatItWasSentUnconfirmed() throws Exception {
      try (Node a = impatientNode()) {
        get(a.publish("before"));
        redis.pause();
        CompletableFuture<Settled> settled = a.publish("sent");

        assertThat(get(settled)).isEqualTo(new Unconfirmed());
      }
    }

    @Test
    void thatComesBackWithTheSameDataGoesOn() throws Exception {
      try (Node a = node()) {
        get(a.publish("before"));
        redis.call("CLIENT", "KILL", "TYPE", "normal");
        get(a.publish("after"));
        redis.call("SCRIPT", "FLUSH");
        get(a.publish("later"));

        assertThat(a.sink.bodies()).containsExactly("before", "after", "later");
        assertThat(a.sink.restarts()).hasSize(1);
      }
    }

    @Test
    void thatLostTheNumbersOfNodesBeginsAnEpoch() throws Exception {
      try (Node a = node()) {
        get(a.publish("before"));
        redis.call("DEL", "sh:{orders}:seq:" + epoch(a));

        CompletableFuture<Settled> settled = a.publish("after");

        assertThat(get(settled)).isEqualTo(new Unconfirmed());
        assertThat(a.sink.restarts()).hasSize(2);
        assertThat(get(a.publish("later"))).isInstanceOf(At.class);
      }
    }
  }

  @Nested
  class Knowledge {
    @Test
    void isFreshWhileTheServerAnswers() throws Exception {
      try (Node a = node()) {
        long end = System.nanoTime() + 1_200_000_000;
        List<Long> seen = new ArrayList<>();
        RedisProcess.await(
            () -> {
              seen.add(a.backbone.staleNanos());
              return System.nanoTime() > end;
            });

        assertThat(seen).anyMatch(stale -> stale < 100_000_000);
        RedisProcess.await(() -> a.backbone.staleNanos() < 1_000_000_000);
      }
    }

    @Test
    void isFreshThoughTheServerHasNoMemoryForMore() throws Exception {
      try (Node a = Node.start(Node.options(redis).pendingDeadline(Duration.ofMillis(1_500)))) {
        get(a.publish("before"));
        redis.call("CONFIG", "SET", "maxmemory", "1");

        assertThat(get(a.publish("refused"))).isEqualTo(new Unconfirmed());
        a.reach();
        RedisProcess.await(() -> a.backbone.staleNanos() < 1_000_000_000);

        redis.call("CONFIG", "SET", "maxmemory", "0");
        assertThat(get(a.publish("after"))).isInstanceOf(At.class);
        assertThat(a.sink.bodies()).containsExactly("before", "after");
      }
    }

    @Test
    void isStaleWhileTheSinkIsFull() throws Exception {
      try (Node a = node();
          Node b = node()) {
        a.sink.setFull(true);
        get(b.publish("text"));

        RedisProcess.await(() -> a.backbone.staleNanos() > 1_500_000_000);
        CompletableFuture<Void> reached = a.backbone.reached().toCompletableFuture();
        b.reach();
        assertThat(reached).isNotDone();

        a.sink.setFull(false);
        reached.get(30, TimeUnit.SECONDS);
        assertThat(a.sink.bodies()).containsExactly("text");
      }
    }

    @Test
    void isReachedOnceTheServerIsBack() throws Exception {
      try (Node a = node()) {
        redis.kill();
        CompletableFuture<Void> reached = a.backbone.reached().toCompletableFuture();
        RedisProcess.await(() -> a.backbone.staleNanos() > 800_000_000);
        assertThat(reached).isNotDone();

        redis.restart();

        reached.get(30, TimeUnit.SECONDS);
        assertThat(a.sink.restarts()).hasSize(2);
      }
    }
  }

  @Nested
  class Claims {
    private static Claim.State claim(Node node) throws Exception {
      return node.backbone
          .claim("session", "ref")
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS)
          .state();
    }

    @Test
    void areKeptOverLinksThatEnd() throws Exception {
      try (Node a = node();
          Node b = node()) {
        assertThat(claim(a)).isEqualTo(Claim.State.MINE);

        redis.call("CLIENT", "KILL", "TYPE", "normal");

        assertThat(claim(a)).isEqualTo(Claim.State.MINE); // the first answer may have been lost
        assertThat(claim(b)).isEqualTo(Claim.State.ELSEWHERE);
      }
    }

    @Test
    void areReleasedIfTheyWereGivenUp() throws Exception {
      try (Node a = impatientNode();
          Node b = node()) {
        redis.pause();
        assertThat(claim(a)).isEqualTo(Claim.State.UNAVAILABLE);

        redis.resume();

        RedisProcess.await(() -> claim(b) == Claim.State.MINE);
      }
    }

    @Test
    void ofANodeThatEndedAreLostAtOnce() throws Exception {
      try (Node b = node()) {
        try (Node a = node()) {
          assertThat(claim(a)).isEqualTo(Claim.State.MINE);
        }

        assertThat(claim(b)).isEqualTo(Claim.State.LOST);
      }
    }

    @Test
    void ofOneSessionAreTheNewestOnes() throws Exception {
      try (Node a = node()) {
        for (int ref = 0; ref < 1_100; ref++) {
          a.backbone.claim("session", "ref" + ref);
        }
        claim(a);

        assertThat((List<?>) redis.call("KEYS", "*:ref:*")).hasSize(1_024);
      }
    }

    @Test
    void haveOutcomesThatANodeTellsBeforeItEnds() throws Exception {
      try (Node b = node()) {
        Node a = node();
        assertThat(claim(a)).isEqualTo(Claim.State.MINE);

        a.backbone.keep("session", "ref", new byte[] {'d'});
        a.close();

        assertThat(claim(b)).isEqualTo(Claim.State.DONE);
      }
    }

    @Test
    void afterTheEndAreUnavailable() throws Exception {
      Node a = node();
      a.close();

      assertThat(claim(a)).isEqualTo(Claim.State.UNAVAILABLE);
    }
  }

  @Nested
  class Limits {
    @Test
    void ofPublicationsThatWaitRefuseMore() throws Exception {
      try (Node a = Node.start(Node.options(redis).maxPending(2))) {
        a.sink.setFull(true);

        assertThat(a.publish("1")).isNotNull();
        assertThat(a.publish("2")).isNotNull();
        assertThat(a.publish("3")).isNull();

        a.sink.setFull(false);
        a.flush();
        assertThat(a.publish("4")).isNotNull();
      }
    }

    @Test
    void ofBytesThatWaitRefuseMoreButTakeOneOfAnySize() throws Exception {
      try (Node a = Node.start(Node.options(redis).maxPendingBytes(100))) {
        a.sink.setFull(true);

        assertThat(a.publish("x".repeat(3_000_000))).isNotNull();
        assertThat(a.publish("2")).isNull();

        a.sink.setFull(false);
        a.flush();
        assertThat(a.publish("4")).isNotNull();
      }
    }
  }

  @Nested
  class Ends {
    @Test
    void settleEverythingAndTakeNoMore() throws Exception {
      Node a = node();
      get(a.publish("before"));
      redis.kill();
      List<CompletableFuture<Settled>> all = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        all.add(a.publish("a" + i));
      }

      a.close();
      a.close();

      assertThat(all).allMatch(CompletableFuture::isDone);
      assertThat(all)
          .extracting(CompletableFuture::join)
          .allMatch(settled -> !(settled instanceof At));
      assertThat(a.publish("after")).isNull();
    }
  }
}
