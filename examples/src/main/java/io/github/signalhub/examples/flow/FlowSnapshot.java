package io.github.signalhub.examples.flow;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A flow at one moment. Immutable.
 *
 * @param flow which flow
 * @param state its state
 * @param nodeStates the state of every node by its id
 * @param queued how many runs wait for the current one
 * @param startedAt when the current or last run began; empty before the first
 * @param endedAt when the last run ended; empty before that and while a run goes on
 */
public record FlowSnapshot(
    FlowDefinition flow,
    FlowState state,
    Map<String, NodeState> nodeStates,
    int queued,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {
  /** Copies the map. */
  public FlowSnapshot {
    nodeStates = Map.copyOf(nodeStates);
  }

  /** Returns the nodes of the flow, each after those that it depends on. */
  public List<NodeDefinition> nodes() {
    return flow.nodes();
  }
}
