package io.github.signalhub.flow;

import io.github.signalhub.Message;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A new entry of a ledger: payload of {@code LEDGER_UPDATE}. Immutable.
 *
 * <p>Browsers read {@code entryId} and {@code flowId} exactly up to 2<sup>53</sup> − 1; see {@link
 * FlowStatus}.
 *
 * @param entryId the entry's number
 * @param flowId the flow that it is of
 * @param description what it is for
 * @param amount how much; a string in the JSON, because JavaScript's numbers would round it
 * @param currency of what, an ISO 4217 code
 * @param timestamp when; ISO-8601 in the JSON
 */
public record LedgerUpdate(
    long entryId,
    long flowId,
    String description,
    BigDecimal amount,
    String currency,
    Instant timestamp) {
  /** The message's type. */
  public static final String TYPE = "LEDGER_UPDATE";

  /** Checks that nothing is {@code null}. */
  public LedgerUpdate {
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(amount, "amount");
    Objects.requireNonNull(currency, "currency");
    Objects.requireNonNull(timestamp, "timestamp");
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
}
