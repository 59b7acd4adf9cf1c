package io.github.signalhub.examples.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What was measured during a run whose nodes all succeeded. Immutable.
 *
 * @param flow which flow
 * @param runId which run
 * @param startedAt when it began
 * @param endedAt when its last node was done
 * @param nodes one timing per node, in the order of the flow's nodes
 */
public record RunReport(
    FlowDefinition flow, long runId, Instant startedAt, Instant endedAt, List<NodeTiming> nodes) {
  /** Copies the list. */
  public RunReport {
    nodes = List.copyOf(nodes);
  }

  /**
   * What was measured of one node.
   *
   * @param nodeId which node
   * @param attempts how often it was tried, at least once
   * @param elapsed from its first attempt to its end, retries and waits included
   * @param lostToRetries the part of {@code elapsed} before its last attempt; zero with one attempt
   */
  public record NodeTiming(String nodeId, int attempts, Duration elapsed, Duration lostToRetries) {}
}
