package io.github.signalhub.redis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.spi.Backbone.At;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.spi.Backbone.Settled;
import io.github.signalhub.spi.Backbone.Unavailable;
import io.github.signalhub.spi.Backbone.Unconfirmed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final String EPOCH = "000000000000000a";
  private static final String NEXT = "000000000000000b";

  private final Map<String, Settled> settled = new HashMap<>();
  private final Outbox outbox = new Outbox(100, 1_000, 2, Duration.ofHours(1));

  private boolean offer(Outbox to, String topic) {
    return to.offer(
        new Publication(
            Kind.MESSAGE, topic, "", 0, new byte[0], outcome -> settled.put(topic, outcome)));
  }

  private void offer(String... topics) {
    for (String topic : topics) {
      assertThat(offer(outbox, topic)).isTrue();
    }
  }

  private Outbox.Batch take() throws InterruptedException {
    return outbox.take(0);
  }

  private static List<String> topics(Outbox.Batch batch) {
    return IntStream.range(0, batch.size()).mapToObj(i -> batch.publication(i).topic()).toList();
  }

  @Nested
  class Batches {
    @Test
    void haveWhatWaitsInOrderWithNumbersWithoutAHole() throws Exception {
      outbox.begin(EPOCH, 0);
      offer("a", "b", "c");

      Outbox.Batch first = take();
      Outbox.Batch second = take();

      assertThat(topics(first)).containsExactly("a", "b");
      assertThat(topics(second)).containsExactly("c");
      assertThat(List.of(first.previous(), first.first(), first.last()))
          .containsExactly(0L, 1L, 2L);
      assertThat(List.of(second.previous(), second.first())).containsExactly(2L, 3L);
      assertThat(take()).isNull();
    }

    @Test
    void areNotMadeBeforeThereIsAnEpoch() throws Exception {
      offer("a");

      assertThat(take()).isNull();
    }

    @Test
    void areSentAgainOverANewLinkUnlessTheyWereAcknowledged() throws Exception {
      outbox.begin(EPOCH, 0);
      offer("a", "b", "c", "d", "e");
      outbox.acknowledge(take(), 2, 2);
      take();

      outbox.rewind();
      Outbox.Batch again = take();

      assertThat(topics(again)).containsExactly("c", "d");
      assertThat(again.previous()).isEqualTo(2);
      assertThat(again.first()).isEqualTo(3);
      assertThat(topics(take())).containsExactly("e");
    }

    @Test
    void areNeverSentAgainInAnotherEpoch() throws Exception {
      outbox.begin(EPOCH, 0);
      offer("a", "b", "c");
      Outbox.Batch sent = take();

      outbox.begin(NEXT, 1_000);

      assertThat(topics(take())).containsExactly("c");
      assertThat(outbox.isCurrent(sent)).isFalse();
      assertThat(settled)
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("a", new Unconfirmed(), "b", new Unconfirmed()));
    }
  }

  @Nested
  class Outcomes {
    @Test
    void comeWithTheTailAndNotWithTheAnswer() throws Exception {
      outbox.begin(EPOCH, 0);
      offer("a", "b");
      outbox.acknowledge(take(), 2, 8);
      assertThat(settled).isEmpty();

      outbox.placed(1, 7);
      assertThat(settled).containsExactly(Map.entry("a", new At(10, 7)));

      outbox.placed(2, 8);
      assertThat(settled).containsEntry("b", new At(10, 8));
    }

    @Test
    void comeWithTheAnswerForWhatTheTailPassedOver() throws Exception {
      outbox.begin(EPOCH, 0);
      offer("a", "b");
      Outbox.Batch batch = take();
      outbox.passOver(7);
      assertThat(settled).isEmpty();

      outbox.acknowledge(batch, 2, 8);

      assertThat(settled).containsExactly(Map.entry("a", new At(10, 7)));
    }

    @Test
    void areKnownOfWhatWasAcknowledgedInAnEpochThatEnded() throws Exception {
      outbox.begin(EPOCH, 0);
      offer("a", "b");
      outbox.acknowledge(take(), 1, 8); // "a" was there already, nobody knows where

      outbox.begin(NEXT, 1_000);

      assertThat(settled)
          .containsExactlyInAnyOrderEntriesOf(Map.of("a", new Unconfirmed(), "b", new At(10, 8)));
    }

    @Test
    void areUnavailableOnlyIfNothingWasSent() throws Exception {
      Outbox impatient = new Outbox(100, 1_000, 1, Duration.ofNanos(1));
      impatient.begin(EPOCH, 0);
      offer(impatient, "sent");
      offer(impatient, "waits");
      impatient.take(0);

      impatient.expire();

      assertThat(settled)
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("sent", new Unconfirmed(), "waits", new Unavailable()));
    }

    @Test
    void comeToAllAtTheEnd() throws Exception {
      outbox.begin(EPOCH, 0);
      offer("a", "b", "c");
      take();

      outbox.close();

      assertThat(settled)
          .containsEntry("a", new Unconfirmed())
          .containsEntry("c", new Unavailable())
          .hasSize(3);
      assertThat(offer(outbox, "d")).isFalse();
      assertThat(outbox.flush(Duration.ZERO)).isTrue();
    }
  }

  @Nested
  class Limits {
    @Test
    void countWhatHasNotSettled() throws Exception {
      Outbox small = new Outbox(2, 1_000, 2, Duration.ofHours(1));
      small.begin(EPOCH, 0);
      List<Boolean> taken = new ArrayList<>();
      for (String topic : List.of("a", "b", "c")) {
        taken.add(offer(small, topic));
      }
      assertThat(taken).containsExactly(true, true, false);
      assertThat(small.flush(Duration.ZERO)).isFalse();

      small.take(0);
      small.placed(1, 1);

      assertThat(offer(small, "d")).isTrue();
      assertThat(settled).doesNotContainKey("c");
    }
  }
}
