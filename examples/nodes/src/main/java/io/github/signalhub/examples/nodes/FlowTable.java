package io.github.signalhub.examples.nodes;

import io.github.signalhub.HubTopic;
import io.github.signalhub.Message;
import io.github.signalhub.RetainedMessage;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.examples.FlowRunner;
import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.FlowSnapshot;
import io.github.signalhub.examples.flow.FlowState;
import io.github.signalhub.examples.flow.NodeDefinition;
import io.github.signalhub.examples.flow.NodeState;
import io.github.signalhub.flow.FlowStatus;
import io.github.signalhub.flow.FlowStatus.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The states of all flows, as the messages that the pages get. The hub retains the newest of each
 * kind. Read in their order, they give the present state. Thread-safe.
 */
final class FlowTable {
  static final String TOPIC = "flows";
  static final TopicOptions OPTIONS = TopicOptions.DEFAULT.compactBy(FlowTable::keyOf);

  /** Says which node runs a flow. Pages do not read it. */
  private static final String FLOW_RUNNER = "FLOW_RUNNER";

  private final HubTopic topic;
  private final List<FlowDefinition> definitions;

  private record StatusRow(
      long flowId, Status status, Optional<String> nodeId, Instant timestamp) {}

  private record QueueRow(long flowId, int queued) {}

  private record RunnerRow(long flowId, String node) {}

  FlowTable(HubTopic topic, List<FlowDefinition> definitions) {
    this.topic = topic;
    this.definitions = definitions;
  }

  /**
   * Returns the key of a message. Start and end of a flow have two keys: an end that replaced its
   * start would leave the steps of older runs beside it.
   */
  private static String keyOf(Message message) {
    Map<?, ?> payload = (Map<?, ?>) message.payload();
    String what = message.type();
    if (what.equals(FlowStatus.TYPE)) {
      boolean isStart = String.valueOf(payload.get("status")).equals(Status.STARTED.name());
      Object step = payload.get("nodeId");
      what = step != null ? "step " + step : isStart ? "start" : "end";
    }
    return payload.get("flowId") + " " + what;
  }

  /** Returns the state of every flow. */
  List<FlowSnapshot> snapshot() {
    return read().stream().map(Row::snapshot).toList();
  }

  /** Returns whether there is such a flow. */
  boolean has(long flowId) {
    return definitions.stream().anyMatch(flow -> flow.id() == flowId);
  }

  /** Returns the node that runs a flow; empty if none does. */
  Optional<String> runnerOf(long flowId) {
    return read().stream()
        .filter(row -> row.flow.id() == flowId && row.state == FlowState.RUNNING)
        .map(row -> row.runner)
        .findFirst();
  }

  /** Returns the message that says that a node runs a flow from now on. */
  static Message runner(long flowId, String node) {
    return Message.of(FLOW_RUNNER, Map.of("flowId", flowId, "node", node));
  }

  /**
   * Returns the messages that end the runs of a node that is gone. Its waiting runs went with it.
   */
  List<Message> abandoned(String node, Instant now) {
    List<Message> ends = new ArrayList<>();
    for (Row row : read()) {
      if (row.state == FlowState.RUNNING && row.runner.equals(node)) {
        row.steps.forEach(
            (step, state) -> {
              if (state == NodeState.RUNNING) {
                ends.add(FlowStatus.ofNode(row.flow.id(), step, Status.FAILED, now).toMessage());
              }
            });
        ends.add(FlowRunner.queue(row.flow.id(), 0));
        ends.add(FlowStatus.ofFlow(row.flow.id(), Status.FAILED, now).toMessage());
      }
    }
    return ends;
  }

  private List<Row> read() {
    Map<Long, Row> rows = new LinkedHashMap<>();
    definitions.forEach(flow -> rows.put(flow.id(), new Row(flow)));
    for (RetainedMessage retained : topic.history(HubTopic.MAX_HISTORY).messages()) {
      Message message = retained.message();
      switch (message.type()) {
        case FlowStatus.TYPE -> {
          StatusRow status = message.payloadAs(StatusRow.class);
          rows.get(status.flowId()).apply(status);
        }
        case FLOW_RUNNER -> {
          RunnerRow runner = message.payloadAs(RunnerRow.class);
          rows.get(runner.flowId()).runner = runner.node();
        }
        default -> {
          QueueRow queue = message.payloadAs(QueueRow.class);
          rows.get(queue.flowId()).queued = queue.queued();
        }
      }
    }
    return List.copyOf(rows.values());
  }

  /** One flow while its messages are read. Confined to one thread. */
  private static final class Row {
    final FlowDefinition flow;
    final Map<String, NodeState> steps = new HashMap<>();
    FlowState state = FlowState.IDLE;
    String runner = "";
    int queued;
    private Optional<Instant> startedAt = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();

    Row(FlowDefinition flow) {
      this.flow = flow;
      begin();
    }

    private void begin() {
      for (NodeDefinition step : flow.nodes()) {
        steps.put(step.id(), NodeState.IDLE);
      }
    }

    void apply(StatusRow row) {
      if (row.nodeId().isPresent()) {
        steps.put(row.nodeId().get(), stateOf(row.status()));
      } else if (row.status() == Status.STARTED) {
        begin();
        state = FlowState.RUNNING;
        startedAt = Optional.of(row.timestamp());
        endedAt = Optional.empty();
      } else {
        state = row.status() == Status.FAILED ? FlowState.FAILED : FlowState.FINISHED;
        endedAt = Optional.of(row.timestamp());
      }
    }

    private static NodeState stateOf(Status status) {
      return switch (status) {
        case STARTED -> NodeState.RUNNING;
        case FAILED -> NodeState.FAILED;
        default -> NodeState.DONE;
      };
    }

    FlowSnapshot snapshot() {
      return new FlowSnapshot(flow, state, steps, queued, startedAt, endedAt);
    }
  }
}
