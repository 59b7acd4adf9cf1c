package io.github.signalhub.flow;

import io.github.signalhub.Message;
import io.github.signalhub.internal.settings.Setting;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A new suggestion for a flow: payload of {@code OPTIMIZATION_AVAILABLE}. Two are equal if all
 * members are. Immutable.
 *
 * <p>Browsers read {@code suggestionId} and {@code flowId} exactly up to 2<sup>53</sup> − 1; see
 * {@link FlowStatus}.
 */
public final class OptimizationAvailable {
  /** The message's type. */
  public static final String TYPE = "OPTIMIZATION_AVAILABLE";

  private final long suggestionId;
  private final long flowId;
  private final String nodeId;
  private final String title;
  private final String detail;
  private final long savingMillis;
  private final Instant timestamp;

  private OptimizationAvailable(Builder builder) {
    suggestionId = Setting.required("suggestionId", builder.suggestionId);
    flowId = Setting.required("flowId", builder.flowId);
    nodeId = Setting.required("nodeId", builder.nodeId);
    title = Setting.required("title", builder.title);
    detail = Setting.required("detail", builder.detail);
    savingMillis = Setting.required("savingMillis", builder.savingMillis);
    timestamp = Setting.required("timestamp", builder.timestamp);
  }

  /** Returns a builder without members. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the suggestion's number. */
  public long suggestionId() {
    return suggestionId;
  }

  /** Returns the flow that it is for. */
  public long flowId() {
    return flowId;
  }

  /** Returns the node that it is about. */
  public String nodeId() {
    return nodeId;
  }

  /** Returns the suggestion in a few words. */
  public String title() {
    return title;
  }

  /** Returns the reasons. */
  public String detail() {
    return detail;
  }

  /** Returns how much time a run would save, in milliseconds. */
  public long savingMillis() {
    return savingMillis;
  }

  /** Returns the time; ISO-8601 in the JSON. */
  public Instant timestamp() {
    return timestamp;
  }

  /** Returns this as a message to publish. */
  public Message toMessage() {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("suggestionId", suggestionId);
    payload.put("flowId", flowId);
    payload.put("nodeId", nodeId);
    payload.put("title", title);
    payload.put("detail", detail);
    payload.put("savingMillis", savingMillis);
    payload.put("timestamp", timestamp);
    return Message.of(TYPE, payload);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OptimizationAvailable same
        && suggestionId == same.suggestionId
        && flowId == same.flowId
        && nodeId.equals(same.nodeId)
        && title.equals(same.title)
        && detail.equals(same.detail)
        && savingMillis == same.savingMillis
        && timestamp.equals(same.timestamp);
  }

  @Override
  public int hashCode() {
    return Objects.hash(suggestionId, flowId, nodeId, title, detail, savingMillis, timestamp);
  }

  /** Returns all members with their names. */
  @Override
  public String toString() {
    return "OptimizationAvailable["
        + "suggestionId="
        + suggestionId
        + ", flowId="
        + flowId
        + ", nodeId="
        + nodeId
        + ", title="
        + title
        + ", detail="
        + detail
        + ", savingMillis="
        + savingMillis
        + ", timestamp="
        + timestamp
        + "]";
  }

  /** Makes an {@link OptimizationAvailable}. Every member has to be set. Not thread-safe. */
  public static final class Builder {
    private Long suggestionId;
    private Long flowId;
    private String nodeId;
    private String title;
    private String detail;
    private Long savingMillis;
    private Instant timestamp;

    private Builder() {}

    /** Sets the suggestion's number. */
    public Builder suggestionId(long suggestionId) {
      this.suggestionId = suggestionId;
      return this;
    }

    /** Sets the flow that the suggestion is for. */
    public Builder flowId(long flowId) {
      this.flowId = flowId;
      return this;
    }

    /** Sets the node that the suggestion is about. */
    public Builder nodeId(String nodeId) {
      this.nodeId = Objects.requireNonNull(nodeId, "nodeId");
      return this;
    }

    /** Sets the suggestion in a few words. */
    public Builder title(String title) {
      this.title = Objects.requireNonNull(title, "title");
      return this;
    }

    /** Sets the reasons. */
    public Builder detail(String detail) {
      this.detail = Objects.requireNonNull(detail, "detail");
      return this;
    }

    /** Sets how much time a run would save, in milliseconds. */
    public Builder savingMillis(long savingMillis) {
      this.savingMillis = savingMillis;
      return this;
    }

    /** Sets the time. */
    public Builder timestamp(Instant timestamp) {
      this.timestamp = Objects.requireNonNull(timestamp, "timestamp");
      return this;
    }

    /**
     * Returns the payload.
     *
     * @throws IllegalStateException if a member was not set
     */
    public OptimizationAvailable build() {
      return new OptimizationAvailable(this);
    }
  }
}
