package io.github.signalhub.examples.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The measurements of a run whose nodes all succeeded. Immutable.
 *
 * @param flow the flow
 * @param runId the run's number
 * @param startedAt the start of the run
 * @param endedAt the end of its last node
 * @param nodes one timing per node, in the order of the flow's nodes
 */
public record RunReport(
    FlowDefinition flow, long runId, Instant startedAt, Instant endedAt, List<NodeTiming> nodes) {
  /** Copies the list. */
  public RunReport {
    nodes = List.copyOf(nodes);
  }

  /**
   * The measurements of one node.
   *
   * @param nodeId the node
   * @param attempts the number of attempts, at least 1
   * @param elapsed the time from its first attempt to its end, retries and waits included
   * @param lostToRetries the part of {@code elapsed} before its last attempt; zero with one attempt
   */
  public record NodeTiming(String nodeId, int attempts, Duration elapsed, Duration lostToRetries) {}
}
