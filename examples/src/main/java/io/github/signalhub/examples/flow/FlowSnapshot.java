package io.github.signalhub.examples.flow;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A flow at one moment. Immutable.
 *
 * @param flow the flow
 * @param state its state
 * @param nodeStates the state of every node by its id
 * @param queued the number of runs that wait for the current one
 * @param startedAt the start of the current or last run; empty before the first
 * @param endedAt the end of the last run; empty before the first end and during a run
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

  /** Returns the nodes of the flow, each after the nodes that it depends on. */
  public List<NodeDefinition> nodes() {
    return flow.nodes();
  }
}
