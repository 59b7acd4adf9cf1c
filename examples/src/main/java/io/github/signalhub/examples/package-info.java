/**
 * A runnable example. Flows run, a ledger records them, and every open page follows live through a
 * hub.
 *
 * <p>Read {@code Example} first, the only class that knows hub and server. The packages below it
 * know neither.
 */
package io.github.signalhub.examples;
