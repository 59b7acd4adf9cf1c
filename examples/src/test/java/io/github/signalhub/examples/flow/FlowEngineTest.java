package io.github.signalhub.examples.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.examples.flow.RunReport.NodeTiming;
import io.github.signalhub.flow.FlowStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FlowEngineTest {
  private final ManualWorkers workers = new ManualWorkers();
  private final Recorder told = new Recorder();

  @Nested
  class ARun {
    @Test
    void tellsOfItselfAndEveryNodeInOrder() {
      FlowEngine engine = engine(flow(7, node("a"), node("b", "a")));

      engine.start(7);
      workers.runAll();

      assertThat(told.lines)
          .containsExactly(
              "7 STARTED",
              "7 STARTED a",
              "7 NODE_COMPLETE a",
              "7 STARTED b",
              "7 NODE_COMPLETE b",
              "completed run 1",
              "7 FINISHED");
    }

    @Test
    void beginsANodeOnlyWhenAllThatItDependsOnIsDone() {
      FlowEngine engine = engine(flow(1, node("a"), node("b"), node("both", "a", "b")));

      engine.start(1);
      workers.runNext();

      assertThat(told.lines).contains("1 NODE_COMPLETE a").doesNotContain("1 STARTED both");

      workers.runAll();

      assertThat(told.lines).containsSubsequence("1 NODE_COMPLETE b", "1 STARTED both");
      assertThat(told.lines).filteredOn("1 STARTED both"::equals).hasSize(1);
    }

    @Test
    void runsIndependentNodesAtTheSameTime() throws Exception {
      CyclicBarrier meeting = new CyclicBarrier(2);
      CountDownLatch finished = new CountDownLatch(1);
      Work meet =
          attempt ->
              meeting.await(30, TimeUnit.SECONDS); // passes only if both nodes run at the same time
      told.onFinished = finished::countDown;
      ExecutorService pool = Executors.newFixedThreadPool(2);
      try (FlowEngine engine =
          new FlowEngine(
              List.of(flow(1, node("a", meet, Retry.NEVER), node("b", meet, Retry.NEVER))),
              pool,
              workers,
              workers,
              told)) {

        engine.start(1);

        assertThat(finished.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(told.lines).contains("1 FINISHED");
      } finally {
        pool.shutdownNow();
      }
    }

    @Test
    void measuresItsNodes() {
      Work slow = attempt -> workers.pass(Duration.ofMillis(300));
      FlowEngine engine = engine(flow(1, node("a", slow, Retry.NEVER)));

      engine.start(1);
      workers.runAll();

      assertThat(told.reports.get(0).nodes())
          .containsExactly(new NodeTiming("a", 1, Duration.ofMillis(300), Duration.ZERO));
    }
  }

  @Nested
  class AFailingNode {
    private final Work failsTwice =
        attempt -> {
          workers.pass(Duration.ofMillis(10));
          if (attempt < 3) {
            throw new IOException("no answer");
          }
        };

    @Test
    void isRetriedWithDoublingWaits() {
      Retry retry = new Retry(3, Duration.ofMillis(100));
      FlowEngine engine = engine(flow(1, node("a", failsTwice, retry)));

      engine.start(1);
      workers.runAll();

      assertThat(told.lines)
          .containsExactly(
              "1 STARTED", "1 STARTED a", "1 NODE_COMPLETE a", "completed run 1", "1 FINISHED");
      assertThat(told.reports.get(0).nodes()) // 3 attempts of 10 ms, waits of 100 and 200 ms
          .containsExactly(new NodeTiming("a", 3, Duration.ofMillis(330), Duration.ofMillis(320)));
    }

    @Test
    void failsTheRunOnceItHasGivenUp() {
      Retry retry = new Retry(2, Duration.ofMillis(100));
      FlowEngine engine = engine(flow(1, node("a", failsTwice, retry), node("b", "a")));

      engine.start(1);
      workers.runAll();

      assertThat(told.lines).containsExactly("1 STARTED", "1 STARTED a", "1 FAILED a", "1 FAILED");
      assertThat(told.reports).isEmpty();
      assertThat(engine.snapshot().get(0).state()).isEqualTo(FlowState.FAILED);
      assertThat(engine.snapshot().get(0).nodeStates())
          .containsEntry("a", NodeState.FAILED)
          .containsEntry("b", NodeState.IDLE);
    }

    @Test
    void keepsOthersFromBeginningButNotFromEnding() {
      Work fails =
          attempt -> {
            throw new IOException("no");
          };
      FlowEngine engine =
          engine(
              flow(
                  1,
                  node("waiting", failsTwice, new Retry(3, Duration.ofMillis(100))),
                  node("fails", fails, Retry.NEVER),
                  node("late"),
                  node("next", "waiting")));

      engine.start(1);
      workers.runAll();

      assertThat(told.lines)
          .containsExactly(
              "1 STARTED",
              "1 STARTED waiting",
              "1 STARTED fails",
              "1 FAILED fails",
              "1 FAILED waiting", // the node waited between two attempts
              "1 FAILED");
    }

    @Test
    void failsEvenWhenItDiesOfAnError() {
      Work dies =
          attempt -> {
            throw new StackOverflowError();
          };
      FlowEngine engine = engine(flow(1, node("a", dies, Retry.NEVER)));

      engine.start(1);
      workers.runAll();

      assertThat(told.lines).endsWith("1 FAILED a", "1 FAILED");
    }
  }

  @Nested
  class AccountingFor {
    @Test
    void aRunThatCannotBeBookedFailsIt() {
      told.bookingFailure = new IOException("disk full");
      FlowEngine engine = engine(flow(1, node("a")));

      engine.start(1);
      workers.runAll();

      assertThat(told.lines).endsWith("1 NODE_COMPLETE a", "1 FAILED");
    }
  }

  @Nested
  class Requests {
    @Test
    void ofOneFlowWaitForEachOther() {
      FlowEngine engine = engine(flow(1, node("a")));

      engine.start(1);
      engine.start(1);

      assertThat(engine.snapshot().get(0).queued()).isEqualTo(1);

      workers.runAll();

      assertThat(told.lines)
          .containsSubsequence("1 queued 1", "1 FINISHED", "1 queued 0", "1 STARTED", "1 FINISHED");
    }

    @Test
    void ofDifferentFlowsDoNot() {
      FlowEngine engine = engine(flow(1, node("a")), flow(2, node("a")));

      engine.start(1);
      engine.start(2);

      assertThat(told.lines).containsExactly("1 STARTED", "2 STARTED");
    }

    @Test
    void beyondTheQueueAreRefused() {
      FlowEngine engine = engine(flow(1, node("a")));
      for (int i = 0; i <= FlowEngine.MAX_QUEUED_RUNS; i++) {
        assertThat(engine.start(1)).isInstanceOf(StartResult.Accepted.class);
      }

      assertThat(engine.start(1)).isInstanceOf(StartResult.QueueFull.class);
    }

    @Test
    void forAnUnknownFlowAreRefused() {
      assertThat(engine(flow(1, node("a"))).start(2)).isInstanceOf(StartResult.UnknownFlow.class);
    }

    @Test
    void afterTheCloseAreRefusedAndNothingMoreIsTold() {
      FlowEngine engine = engine(flow(1, node("a")));
      engine.start(1);

      engine.close();
      workers.runAll();

      assertThat(engine.start(1)).isInstanceOf(StartResult.Closed.class);
      assertThat(told.lines).containsExactly("1 STARTED");
    }
  }

  @Test
  void twoFlowsOfOneIdAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine(flow(1, node("a")), flow(1, node("a"))));
  }

  @Test
  void aSnapshotShowsTheRunUnderWay() {
    FlowEngine engine = engine(flow(1, node("a"), node("b", "a")));
    engine.start(1);
    workers.runNext();

    FlowSnapshot snapshot = engine.snapshot().get(0);

    assertThat(snapshot.state()).isEqualTo(FlowState.RUNNING);
    assertThat(snapshot.nodeStates())
        .containsEntry("a", NodeState.DONE)
        .containsEntry("b", NodeState.IDLE);
    assertThat(snapshot.startedAt()).contains(workers.instant());
    assertThat(snapshot.endedAt()).isEmpty();
  }

  private FlowEngine engine(FlowDefinition... flows) {
    return new FlowEngine(List.of(flows), workers, workers, workers, told);
  }

  private static FlowDefinition flow(long id, NodeDefinition... nodes) {
    return new FlowDefinition(id, "flow " + id, List.of(nodes));
  }

  private static NodeDefinition node(String id, String... dependsOn) {
    return node(id, attempt -> {}, Retry.NEVER, dependsOn);
  }

  private static NodeDefinition node(String id, Work work, Retry retry, String... dependsOn) {
    return new NodeDefinition(id, id, List.of(dependsOn), work, retry);
  }

  private static final class Recorder implements FlowListener {
    final List<String> lines = new ArrayList<>();
    final List<RunReport> reports = new ArrayList<>();
    Runnable onFinished = () -> {};
    IOException bookingFailure;

    @Override
    public synchronized void statusChanged(FlowStatus status) {
      String node = status.nodeId().map(id -> " " + id).orElse("");
      lines.add(status.flowId() + " " + status.status() + node);
      if (status.status() == FlowStatus.Status.FINISHED) {
        onFinished.run();
      }
    }

    @Override
    public synchronized void queueChanged(long flowId, int queued) {
      lines.add(flowId + " queued " + queued);
    }

    @Override
    public synchronized void completed(RunReport report) throws IOException {
      if (bookingFailure != null) {
        throw bookingFailure;
      }
      reports.add(report);
      lines.add("completed run " + report.runId());
    }
  }
}
