package io.github.signalhub.examples.flow;

import io.github.signalhub.examples.flow.RunReport.NodeTiming;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of one run: the states of its nodes, the nodes that may begin next, and the
 * measurements. It uses no threads. Confined to the engine's lock.
 */
final class FlowRun {
  private final FlowDefinition flow;
  private final long runId;
  private final Instant startedAt;
  private final Map<String, NodeState> states = new HashMap<>();
  private final Map<String, Instant> begun = new HashMap<>();
  private final Map<String, NodeTiming> timings = new HashMap<>();
  private int underWay; // nodes given to the workers or waiting for a retry
  private boolean failing;

  FlowRun(FlowDefinition flow, long runId, Instant startedAt) {
    this.flow = flow;
    this.runId = runId;
    this.startedAt = startedAt;
    flow.nodes().forEach(node -> states.put(node.id(), NodeState.IDLE));
  }

  Instant startedAt() {
    return startedAt;
  }

  Map<String, NodeState> states() {
    return states;
  }

  /** Returns the nodes that depend on no other, and counts them as given out. */
  List<NodeDefinition> roots() {
    return handOut(flow.nodes().stream().filter(node -> node.dependsOn().isEmpty()).toList());
  }

  void begin(NodeDefinition node, Instant now) {
    states.put(node.id(), NodeState.RUNNING);
    begun.put(node.id(), now);
  }

  /** Records a success. Returns the nodes that may begin now; none if the run is failing. */
  List<NodeDefinition> succeed(
      NodeDefinition node, int attempt, Instant attemptBegun, Instant now) {
    underWay--;
    states.put(node.id(), NodeState.DONE);
    Instant first = begun.get(node.id());
    timings.put(
        node.id(),
        new NodeTiming(
            node.id(),
            attempt,
            Duration.between(first, now),
            Duration.between(first, attemptBegun)));
    if (failing) {
      return List.of();
    }
    return handOut(
        flow.nodes().stream()
            .filter(next -> next.dependsOn().contains(node.id()))
            .filter(next -> states.get(next.id()) == NodeState.IDLE)
            .filter(next -> timings.keySet().containsAll(next.dependsOn()))
            .toList());
  }

  /** Records a node's failure. No other node begins after that. */
  void fail(NodeDefinition node) {
    underWay--;
    failing = true;
    states.put(node.id(), NodeState.FAILED);
  }

  /** Takes back a node that was given out but has not begun. */
  void skip() {
    underWay--;
  }

  boolean failing() {
    return failing;
  }

  boolean over() {
    return underWay == 0;
  }

  RunReport report(Instant now) {
    List<NodeTiming> ordered = new ArrayList<>();
    flow.nodes().forEach(node -> ordered.add(timings.get(node.id())));
    return new RunReport(flow, runId, startedAt, now, ordered);
  }

  private List<NodeDefinition> handOut(List<NodeDefinition> nodes) {
    underWay += nodes.size();
    return nodes;
  }
}
