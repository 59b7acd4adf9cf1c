/**
 * A ledger on disk: append-only, forced, checksummed, recovered after a crash.
 *
 * <p>It knows neither hub nor flows. It passes new entries to a consumer. Read {@code Ledger}
 * first.
 */
package io.github.signalhub.examples.ledger;
