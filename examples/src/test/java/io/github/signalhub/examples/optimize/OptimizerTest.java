package io.github.signalhub.examples.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.NodeDefinition;
import io.github.signalhub.examples.flow.Retry;
import io.github.signalhub.examples.flow.RunReport;
import io.github.signalhub.examples.flow.RunReport.NodeTiming;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OptimizerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Suggestion> announced = new ArrayList<>();
  private final Optimizer optimizer = new Optimizer(InstantSource.fixed(NOW), announced::add);

  @Nested
  class ABottleneck {
    // a (100) and b (100) side by side, then render (600), then send (200): 900 ms
    private final FlowDefinition flow =
        flow(node("a"), node("b"), node("render", "a", "b"), node("send", "render"));

    @Test
    void isToldAfterThreeRunsWithTheTimeThatHalvingItSaves() {
      run(3, flow, Map.of("a", 100, "b", 100, "render", 600, "send", 200));

      assertThat(announced)
          .filteredOn(found -> found.title().startsWith("Speed up"))
          .containsExactly(
              new Suggestion(
                  1,
                  1,
                  "render",
                  "Speed up “Render”",
                  "It takes 600 ms, 67 % of the longest path. In half the time, a run would be"
                      + " 300 ms shorter (mean of 3 runs).",
                  300,
                  NOW));
    }

    @Test
    void isNotToldAfterTwo() {
      run(2, flow, Map.of("a", 100, "b", 100, "render", 600, "send", 200));

      assertThat(announced).isEmpty();
    }

    @Test
    void savesOnlyUntilAnotherPathIsTheLongest() {
      FlowDefinition twoPaths = flow(node("slow"), node("other"));
      run(3, twoPaths, Map.of("slow", 500, "other", 400));

      assertThat(announced).singleElement().returns(100L, Suggestion::savingMillis);
    }

    @Test
    void offTheLongestPathIsNone() {
      FlowDefinition chain = flow(node("a"), node("b", "a"), node("c", "b"), node("aside"));
      run(3, chain, Map.of("a", 100, "b", 100, "c", 100, "aside", 290));

      assertThat(announced).extracting(Suggestion::nodeId).doesNotContain("aside");
    }
  }

  @Nested
  class Retries {
    @Test
    void areToldWithWhatTheyCostARun() {
      FlowDefinition flow = flow(node("rates"), node("value", "rates"));
      for (int i = 0; i < 3; i++) {
        optimizer.add(report(flow, timing("rates", 3, 500, 300), timing("value", 1, 500, 0)));
      }

      assertThat(announced)
          .filteredOn(found -> found.title().equals("Make “Rates” reliable"))
          .singleElement()
          .returns("rates", Suggestion::nodeId)
          .returns(300L, Suggestion::savingMillis);
    }

    @Test
    void thatCostNothingAreNotTold() {
      FlowDefinition flow = flow(node("rates"), node("slow"));
      for (int i = 0; i < 3; i++) {
        optimizer.add(report(flow, timing("rates", 3, 500, 300), timing("slow", 1, 2_000, 0)));
      }

      assertThat(announced).extracting(Suggestion::nodeId).doesNotContain("rates");
    }
  }

  @Nested
  class ANeedlessWait {
    @Test
    void isToldWithThePathThatRemains() {
      run(3, flow(node("a"), node("b", "a"), node("c", "b")), Map.of("a", 300, "b", 300, "c", 300));

      assertThat(announced)
          .singleElement()
          .returns("Run “B” side by side with “A”", Suggestion::title)
          .returns(300L, Suggestion::savingMillis);
    }
  }

  @Nested
  class AKnownSuggestion {
    private final FlowDefinition flow = flow(node("only"));

    @Test
    void isNotToldAgain() {
      run(10, flow, Map.of("only", 400));

      assertThat(announced).hasSize(1);
    }

    @Test
    void isToldUnderItsNumberWhenTheSavingHasChangedMuch() {
      run(3, flow, Map.of("only", 400));
      run(5, flow, Map.of("only", 800));

      assertThat(announced).hasSizeGreaterThan(1);
      assertThat(announced).extracting(Suggestion::suggestionId).containsOnly(1L);
      assertThat(optimizer.suggestions()).containsExactly(announced.get(announced.size() - 1));
    }
  }

  private void run(int times, FlowDefinition flow, Map<String, Integer> millis) {
    NodeTiming[] timings =
        flow.nodes().stream()
            .map(node -> timing(node.id(), 1, millis.get(node.id()), 0))
            .toArray(NodeTiming[]::new);
    for (int i = 0; i < times; i++) {
      optimizer.add(report(flow, timings));
    }
  }

  private static RunReport report(FlowDefinition flow, NodeTiming... timings) {
    return new RunReport(flow, 1, NOW, NOW, List.of(timings));
  }

  private static NodeTiming timing(String id, int attempts, long elapsed, long lost) {
    return new NodeTiming(id, attempts, Duration.ofMillis(elapsed), Duration.ofMillis(lost));
  }

  private static FlowDefinition flow(NodeDefinition... nodes) {
    return new FlowDefinition(1, "flow", List.of(nodes));
  }

  private static NodeDefinition node(String id, String... dependsOn) {
    String label = Character.toUpperCase(id.charAt(0)) + id.substring(1);
    return new NodeDefinition(id, label, List.of(dependsOn), attempt -> {}, Retry.NEVER);
  }
}
