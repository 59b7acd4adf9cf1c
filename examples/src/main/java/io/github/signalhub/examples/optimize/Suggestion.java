package io.github.signalhub.examples.optimize;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.flow.OptimizationAvailable;
import java.time.Instant;

/**
 * A way to make a flow faster, computed from measured runs. Immutable.
 *
 * @param suggestionId its number, from 1 while the program runs; it stays when the figures change
 * @param flowId the flow
 * @param nodeId the node to change
 * @param title one short sentence
 * @param detail the measurements
 * @param savingMillis by how much a run would be shorter
 * @param timestamp the time of the computation
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

  /** Returns the suggestion with another number. */
  public Suggestion withNumber(long number) {
    return new Suggestion(number, flowId, nodeId, title, detail, savingMillis, timestamp);
  }

  /** Returns the notification of this suggestion. */
  public OptimizationAvailable toNotification() {
    return OptimizationAvailable.builder()
        .suggestionId(suggestionId)
        .flowId(flowId)
        .nodeId(nodeId)
        .title(title)
        .detail(detail)
        .savingMillis(savingMillis)
        .timestamp(timestamp)
        .build();
  }
}
