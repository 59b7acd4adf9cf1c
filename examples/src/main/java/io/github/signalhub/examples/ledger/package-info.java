/**
 * A ledger on disk: append-only, forced, checksummed, recovered after a crash.
 *
 * <p>Knows neither hub nor flows; who wants to hear of entries passes a consumer. Read {@code
 * Ledger} first.
 */
package io.github.signalhub.examples.ledger;
