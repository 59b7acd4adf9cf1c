package io.github.signalhub.testkit.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.spi.Backbone.At;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.spi.Backbone.Settled;
import io.github.signalhub.spi.Backbone.Unavailable;
import io.github.signalhub.testkit.SimulatedNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemoryEngineTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<Settled> settled = new CopyOnWriteArrayList<>();
  private final RecordingSink one = new RecordingSink();
  private final RecordingSink two = new RecordingSink();

  private Publication message(String text) {
    return publication(Kind.MESSAGE, "", text);
  }

  private Publication publication(Kind kind, String key, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return new Publication(kind, "t", key, 0, body, settled::add);
  }

  @Nested
  class InRealTime {
    private final MemoryEngine engine = new MemoryEngine();

    @Test
    void givesAllNodesTheSameOrder() throws Exception {
      MemoryBackbone left = started("left", one);
      MemoryBackbone right = started("right", two);

      left.publish(message("a"));
      left.flush(LONG);
      right.publish(message("b"));
      right.flush(LONG);
      left.reached().toCompletableFuture().get(30, TimeUnit.SECONDS);

      assertThat(one.calls)
          .containsExactly("restart 0 0 [] first", "1 MESSAGE t  a", "2 MESSAGE t  b");
      assertThat(two.calls).containsExactly("restart 0 0 []", "1 MESSAGE t  a", "2 MESSAGE t  b");
      assertThat(settled)
          .containsExactly(new At(one.epochs.get(0), 1), new At(one.epochs.get(0), 2));
      left.close();
      right.close();
    }

    @Test
    void givesALateNodeTheRowsThatHaveLeft() throws Exception {
      MemoryBackbone left = started("left", one);
      engine.retain(2);
      left.publish(publication(Kind.ROW, "k", "old"));
      left.publish(publication(Kind.ROW, "k", "new"));
      left.publish(publication(Kind.ROW, "l", "deleted"));
      left.publish(publication(Kind.DELETION, "l", ""));
      left.publish(message("a"));
      left.flush(LONG);

      MemoryBackbone right = started("right", two);

      assertThat(two.calls)
          .containsExactly("restart 0 3 [2 ROW t k new]", "4 DELETION t l ", "5 MESSAGE t  a");
      left.close();
      right.close();
    }

    @Test
    void forgetsTheRowsThatARemovalRemoves() throws Exception {
      MemoryBackbone left = started("left", one);
      engine.retain(1);
      left.publish(publication(Kind.ROW, "k", "1"));
      left.publish(publication(Kind.ROW, "l", "2"));
      left.publish(new Publication(Kind.REMOVAL, "t", "", 1, new byte[0], settled::add));
      left.flush(LONG);

      MemoryBackbone right = started("right", two);

      assertThat(two.calls).containsExactly("restart 0 2 [2 ROW t l 2]", "3 REMOVAL t  ");
      left.close();
      right.close();
    }

    @Test
    void callsAFullSinkAgainWithTheSamePublication() throws Exception {
      MemoryBackbone left = started("left", one);
      one.full = true;
      left.publish(message("a"));
      left.publish(message("b"));
      assertThat(left.flush(Duration.ZERO)).isFalse();

      one.full = false;

      assertThat(left.flush(LONG)).isTrue();
      assertThat(one.calls).endsWith("1 MESSAGE t  a", "2 MESSAGE t  b");
      left.close();
    }

    @Test
    void refusesANodeOfAnotherFormat() throws Exception {
      MemoryBackbone left = started("left", one);

      assertThatIOException()
          .isThrownBy(() -> started("right", new RecordingSink("other")))
          .withMessage(
              "expected the format of the other nodes, format, was other."
                  + " All nodes of a hub need the same settings");
      left.close();
    }

    @Test
    void takesNothingAfterItsEnd() throws Exception {
      MemoryBackbone left = started("left", one);

      left.close();

      assertThat(left.publish(message("a"))).isFalse();
      assertThat(settled).isEmpty();
    }

    @Test
    void retainsAtLeastOnePublication() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> engine.retain(0))
          .withMessage("expected publications of at least 1, was 0");
    }

    private MemoryBackbone started(String name, RecordingSink sink) throws IOException {
      MemoryBackbone node = engine.backbone(name);
      node.start(sink);
      return node;
    }
  }

  @Nested
  class InASimulatedNetwork {
    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final MemoryEngine engine = new MemoryEngine(network);

    @Test
    void placesWithinTheStepsOfTheNetwork() throws Exception {
      MemoryBackbone left = engine.backbone("left");
      left.start(one);
      left.publish(message("a"));
      assertThat(one.calls).hasSize(1);

      network.settle();

      assertThat(one.calls).endsWith("1 MESSAGE t  a");
      assertThat(settled).containsExactly(new At(one.epochs.get(0), 1));
    }

    @Test
    void refusesWhatItsEndLeavesUnsent() throws Exception {
      MemoryBackbone left = engine.backbone("left");
      left.start(one);
      left.publish(message("a"));

      left.close();

      assertThat(settled).containsExactly(new Unavailable());
    }

    @Test
    void knowsThatItsNodesAreUpToDate() throws Exception {
      MemoryBackbone left = engine.backbone("left");
      left.start(one);

      network.runFor(Duration.ofMinutes(1));

      assertThat(left.staleNanos()).isLessThan(1_000_000_000);
    }
  }
}
