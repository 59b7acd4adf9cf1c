package io.github.signalhub.examples.ledger;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.flow.LedgerUpdate;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * One booked run. Immutable.
 *
 * @param entryId the number of the entry, from 1, without gaps
 * @param flowId the flow that ran
 * @param description the description of the booking
 * @param amount the amount
 * @param currency ISO 4217
 * @param timestamp the time of the booking
 */
public record LedgerEntry(
    long entryId,
    long flowId,
    String description,
    BigDecimal amount,
    String currency,
    Instant timestamp) {
  /** Checks for nulls. */
  public LedgerEntry {
    requireNonNull(description, "description");
    requireNonNull(amount, "amount");
    requireNonNull(currency, "currency");
    requireNonNull(timestamp, "timestamp");
  }

  /** Returns the notification of this entry. */
  public LedgerUpdate toUpdate() {
    return LedgerUpdate.builder()
        .entryId(entryId)
        .flowId(flowId)
        .description(description)
        .amount(amount)
        .currency(currency)
        .timestamp(timestamp)
        .build();
  }
}
