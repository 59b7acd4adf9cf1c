package io.github.signalhub.examples.optimize;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.flow.OptimizationAvailable;
import java.time.Instant;

/**
 * A way to make a flow faster, computed from measured runs. Immutable.
 *
 * @param suggestionId counts from 1 while the program runs; stays when the figures are refined
 * @param flowId which flow
 * @param nodeId which node to look at
 * @param title one short sentence
 * @param detail what was measured
 * @param savingMillis by how much a run would be shorter
 * @param timestamp when this was computed
 */
public record Suggestion(
    long suggestionId,
    long flowId,
    String nodeId,
    String title,
    String detail,
    long savingMillis,
    Instant timestamp) {
  /** Checks for nulls. */
  public Suggestion {
    requireNonNull(nodeId, "nodeId");
    requireNonNull(title, "title");
    requireNonNull(detail, "detail");
    requireNonNull(timestamp, "timestamp");
  }

  /** Returns the notification of this suggestion. */
  public OptimizationAvailable toNotification() {
    return new OptimizationAvailable(
        suggestionId, flowId, nodeId, title, detail, savingMillis, timestamp);
  }
}
