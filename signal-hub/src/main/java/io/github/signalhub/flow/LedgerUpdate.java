package io.github.signalhub.flow;

import io.github.signalhub.Message;
import io.github.signalhub.internal.settings.Setting;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A new entry of a ledger: payload of {@code LEDGER_UPDATE}. Two are equal if all members are.
 * Immutable.
 *
 * <p>Browsers read {@code entryId} and {@code flowId} exactly up to 2<sup>53</sup> − 1; see {@link
 * FlowStatus}.
 */
public final class LedgerUpdate {
  /** The message's type. */
  public static final String TYPE = "LEDGER_UPDATE";

  private final long entryId;
  private final long flowId;
  private final String description;
  private final BigDecimal amount;
  private final String currency;
  private final Instant timestamp;

  private LedgerUpdate(Builder builder) {
    entryId = Setting.required("entryId", builder.entryId);
    flowId = Setting.required("flowId", builder.flowId);
    description = Setting.required("description", builder.description);
    amount = Setting.required("amount", builder.amount);
    currency = Setting.required("currency", builder.currency);
    timestamp = Setting.required("timestamp", builder.timestamp);
  }

  /** Returns a builder without members. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the entry's number. */
  public long entryId() {
    return entryId;
  }

  /** Returns the flow that it is of. */
  public long flowId() {
    return flowId;
  }

  /** Returns what it is for. */
  public String description() {
    return description;
  }

  /**
   * Returns the amount. It is a string in the JSON, because JavaScript's numbers would round it.
   */
  public BigDecimal amount() {
    return amount;
  }

  /** Returns the currency of the amount, an ISO 4217 code. */
  public String currency() {
    return currency;
  }

  /** Returns the time; ISO-8601 in the JSON. */
  public Instant timestamp() {
    return timestamp;
  }

  /** Returns this as a message to publish. */
  public Message toMessage() {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("entryId", entryId);
    payload.put("flowId", flowId);
    payload.put("description", description);
    payload.put("amount", amount.toPlainString());
    payload.put("currency", currency);
    payload.put("timestamp", timestamp);
    return Message.of(TYPE, payload);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LedgerUpdate same
        && entryId == same.entryId
        && flowId == same.flowId
        && description.equals(same.description)
        && amount.equals(same.amount)
        && currency.equals(same.currency)
        && timestamp.equals(same.timestamp);
  }

  @Override
  public int hashCode() {
    return Objects.hash(entryId, flowId, description, amount, currency, timestamp);
  }

  /** Returns all members with their names. */
  @Override
  public String toString() {
    return "LedgerUpdate["
        + "entryId="
        + entryId
        + ", flowId="
        + flowId
        + ", description="
        + description
        + ", amount="
        + amount
        + ", currency="
        + currency
        + ", timestamp="
        + timestamp
        + "]";
  }

  /** Makes a {@link LedgerUpdate}. Every member has to be set. Not thread-safe. */
  public static final class Builder {
    private Long entryId;
    private Long flowId;
    private String description;
    private BigDecimal amount;
    private String currency;
    private Instant timestamp;

    private Builder() {}

    /** Sets the entry's number. */
    public Builder entryId(long entryId) {
      this.entryId = entryId;
      return this;
    }

    /** Sets the flow that the entry is of. */
    public Builder flowId(long flowId) {
      this.flowId = flowId;
      return this;
    }

    /** Sets what the entry is for. */
    public Builder description(String description) {
      this.description = Objects.requireNonNull(description, "description");
      return this;
    }

    /** Sets the amount. */
    public Builder amount(BigDecimal amount) {
      this.amount = Objects.requireNonNull(amount, "amount");
      return this;
    }

    /** Sets the currency of the amount, an ISO 4217 code. */
    public Builder currency(String currency) {
      this.currency = Objects.requireNonNull(currency, "currency");
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
    public LedgerUpdate build() {
      return new LedgerUpdate(this);
    }
  }
}
