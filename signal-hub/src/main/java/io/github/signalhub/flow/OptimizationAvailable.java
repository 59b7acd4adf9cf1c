package io.github.signalhub.flow;

import io.github.signalhub.Message;
import java.time.Instant;
import java.util.Objects;

/**
 * A new suggestion for a flow: payload of {@code OPTIMIZATION_AVAILABLE}. Immutable.
 *
 * <p>Browsers read {@code suggestionId} and {@code flowId} exactly up to 2<sup>53</sup> − 1; see
 * {@link FlowStatus}.
 *
 * @param suggestionId the suggestion's number
 * @param flowId the flow that it is for
 * @param nodeId the node that it is about
 * @param title the suggestion in a few words
 * @param detail what it rests on
 * @param savingMillis how much time a run would save, in milliseconds
 * @param timestamp when; ISO-8601 in the JSON
 */
public record OptimizationAvailable(
    long suggestionId,
    long flowId,
    String nodeId,
    String title,
    String detail,
    long savingMillis,
    Instant timestamp) {
  /** The message's type. */
  public static final String TYPE = "OPTIMIZATION_AVAILABLE";

  /** Checks that nothing is {@code null}. */
  public OptimizationAvailable {
    Objects.requireNonNull(nodeId, "nodeId");
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(timestamp, "timestamp");
  }

  /** Returns this as a message to publish. */
  public Message toMessage() {
    return Message.of(TYPE, this);
  }
}
