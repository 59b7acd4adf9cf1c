package io.github.signalhub.examples.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.FlowSnapshot;
import io.github.signalhub.examples.flow.FlowState;
import io.github.signalhub.examples.flow.NodeDefinition;
import io.github.signalhub.examples.flow.NodeState;
import io.github.signalhub.examples.flow.Retry;
import io.github.signalhub.flow.FlowStatus;
import io.github.signalhub.flow.FlowStatus.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowTableTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final Hub hub = Hub.builder().topic(FlowTable.TOPIC, FlowTable.OPTIONS).build();
  private final FlowTable table =
      new FlowTable(
          hub.topic(FlowTable.TOPIC),
          List.of(
              new FlowDefinition(1, "Daily settlement", List.of(step("a"), step("b", "a"))),
              new FlowDefinition(2, "Invoice batch", List.of(step("a")))));

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void flowsWithoutMessagesAreIdle() {
    assertThat(table.snapshot())
        .extracting(FlowSnapshot::state)
        .containsExactly(FlowState.IDLE, FlowState.IDLE);
    assertThat(table.has(2)).isTrue();
    assertThat(table.has(3)).isFalse();
  }

  @Test
  void aRunIsReadFromItsMessages() {
    publish(FlowTable.runner(1, "B"), flow(Status.STARTED, 0), step("a", Status.STARTED, 1));
    publish(Message.of("FLOW_QUEUE", Map.of("flowId", 1, "queued", 2)));

    FlowSnapshot running = table.snapshot().get(0);
    assertThat(running.state()).isEqualTo(FlowState.RUNNING);
    assertThat(running.nodeStates()).isEqualTo(Map.of("a", NodeState.RUNNING, "b", NodeState.IDLE));
    assertThat(running.queued()).isEqualTo(2);
    assertThat(running.startedAt()).contains(NOON);
    assertThat(running.endedAt()).isEmpty();
    assertThat(table.runnerOf(1)).contains("B");

    publish(step("a", Status.NODE_COMPLETE, 2), step("b", Status.FAILED, 3));
    publish(flow(Status.FAILED, 4));

    FlowSnapshot ended = table.snapshot().get(0);
    assertThat(ended.state()).isEqualTo(FlowState.FAILED);
    assertThat(ended.nodeStates()).isEqualTo(Map.of("a", NodeState.DONE, "b", NodeState.FAILED));
    assertThat(ended.endedAt()).contains(NOON.plusSeconds(4));
    assertThat(table.runnerOf(1)).isEmpty();
  }

  @Test
  void theStepsOfAnOlderRunAreForgotten() {
    publish(flow(Status.STARTED, 0), step("a", Status.NODE_COMPLETE, 1));
    publish(step("b", Status.NODE_COMPLETE, 2), flow(Status.FINISHED, 3));

    publish(flow(Status.STARTED, 10), step("a", Status.FAILED, 11), flow(Status.FAILED, 12));

    assertThat(table.snapshot().get(0).nodeStates())
        .isEqualTo(Map.of("a", NodeState.FAILED, "b", NodeState.IDLE));
  }

  @Test
  void theRunsOfANodeThatIsGoneAreEnded() {
    publish(FlowTable.runner(1, "A"), flow(Status.STARTED, 0), step("a", Status.STARTED, 1));

    assertThat(table.abandoned("B", NOON)).isEmpty();
    publish(table.abandoned("A", NOON.plusSeconds(60)).toArray(Message[]::new));

    FlowSnapshot ended = table.snapshot().get(0);
    assertThat(ended.state()).isEqualTo(FlowState.FAILED);
    assertThat(ended.nodeStates()).isEqualTo(Map.of("a", NodeState.FAILED, "b", NodeState.IDLE));
    assertThat(ended.endedAt()).isEqualTo(Optional.of(NOON.plusSeconds(60)));
    assertThat(table.abandoned("A", NOON)).isEmpty();
  }

  private void publish(Message... messages) {
    for (Message message : messages) {
      hub.topic(FlowTable.TOPIC).publish(message).orThrow();
    }
  }

  private static Message flow(Status status, int second) {
    return FlowStatus.ofFlow(1, status, NOON.plusSeconds(second)).toMessage();
  }

  private static Message step(String id, Status status, int second) {
    return FlowStatus.ofNode(1, id, status, NOON.plusSeconds(second)).toMessage();
  }

  private static NodeDefinition step(String id, String... dependsOn) {
    return new NodeDefinition(id, id, List.of(dependsOn), attempt -> {}, Retry.NEVER);
  }
}
