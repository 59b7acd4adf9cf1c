package io.github.signalhub.flow;

import io.github.signalhub.Message;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A step of a flow's execution: payload of {@code FLOW_STATUS}. Immutable.
 *
 * <p>Flows are numbered up to 2<sup>53</sup> − 1: larger numbers are written exactly, but browsers
 * read them rounded. An application with larger ones publishes a payload of its own with the text,
 * {@code Long.toString(flowId)}.
 *
 * @param flowId the flow, a JSON integer
 * @param status the event
 * @param nodeId the node of the event; left out of the JSON if the whole flow is meant
 * @param timestamp when; ISO-8601 in the JSON
 */
public record FlowStatus(long flowId, Status status, Optional<String> nodeId, Instant timestamp) {
  /** The message's type. */
  public static final String TYPE = "FLOW_STATUS";

  /** The event of a flow or a node. */
  public enum Status {
    /** It began. */
    STARTED,
    /** A node is done. */
    NODE_COMPLETE,
    /** The flow is done. */
    FINISHED,
    /** It failed for good. */
    FAILED
  }

  /** Checks that nothing is {@code null}. */
  public FlowStatus {
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(nodeId, "nodeId");
    Objects.requireNonNull(timestamp, "timestamp");
  }

  /** Returns the status of a whole flow. */
  public static FlowStatus ofFlow(long flowId, Status status, Instant timestamp) {
    return new FlowStatus(flowId, status, Optional.empty(), timestamp);
  }

  /** Returns the status of one node. */
  public static FlowStatus ofNode(long flowId, String nodeId, Status status, Instant timestamp) {
    return new FlowStatus(flowId, status, Optional.of(nodeId), timestamp);
  }

  /** Returns this as a message to publish. */
  public Message toMessage() {
    return Message.of(TYPE, this);
  }
}
