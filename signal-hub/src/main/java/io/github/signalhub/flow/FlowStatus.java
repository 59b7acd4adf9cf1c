package io.github.signalhub.flow;

import io.github.signalhub.Message;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A step of a flow's execution: payload of {@code FLOW_STATUS}. Two are equal if all members are.
 * Immutable.
 *
 * <p>Flows are numbered up to 2<sup>53</sup> − 1: larger numbers are written exactly, but browsers
 * read them rounded. An application with larger ones publishes a payload of its own with the text,
 * {@code Long.toString(flowId)}.
 */
public final class FlowStatus {
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

  private final long flowId;
  private final Status status;
  private final Optional<String> nodeId;
  private final Instant timestamp;

  private FlowStatus(long flowId, Status status, Optional<String> nodeId, Instant timestamp) {
    this.flowId = flowId;
    this.status = Objects.requireNonNull(status, "status");
    this.nodeId = nodeId;
    this.timestamp = Objects.requireNonNull(timestamp, "timestamp");
  }

  /** Returns the status of a whole flow. */
  public static FlowStatus ofFlow(long flowId, Status status, Instant timestamp) {
    return new FlowStatus(flowId, status, Optional.empty(), timestamp);
  }

  /** Returns the status of one node. */
  public static FlowStatus ofNode(long flowId, String nodeId, Status status, Instant timestamp) {
    Objects.requireNonNull(nodeId, "nodeId");
    return new FlowStatus(flowId, status, Optional.of(nodeId), timestamp);
  }

  /** Returns the flow, a JSON integer. */
  public long flowId() {
    return flowId;
  }

  /** Returns the event. */
  public Status status() {
    return status;
  }

  /** Returns the node of the event; empty if the whole flow is meant. Then the JSON has none. */
  public Optional<String> nodeId() {
    return nodeId;
  }

  /** Returns the time of the event; ISO-8601 in the JSON. */
  public Instant timestamp() {
    return timestamp;
  }

  /** Returns this as a message to publish. */
  public Message toMessage() {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("flowId", flowId);
    payload.put("status", status);
    nodeId.ifPresent(node -> payload.put("nodeId", node));
    payload.put("timestamp", timestamp);
    return Message.of(TYPE, payload);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FlowStatus same
        && flowId == same.flowId
        && status == same.status
        && nodeId.equals(same.nodeId)
        && timestamp.equals(same.timestamp);
  }

  @Override
  public int hashCode() {
    return Objects.hash(flowId, status, nodeId, timestamp);
  }

  /** Returns all members with their names. */
  @Override
  public String toString() {
    return "FlowStatus[flowId="
        + flowId
        + ", status="
        + status
        + nodeId.map(node -> ", nodeId=" + node).orElse("")
        + ", timestamp="
        + timestamp
        + "]";
  }
}
