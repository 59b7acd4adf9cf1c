/**
 * A runnable example: flows run, a ledger is kept, and every open page follows live through a hub.
 *
 * <p>Read {@code Example} first: it is the one class that knows hub and server. The rooms below it
 * know neither.
 */
package io.github.signalhub.examples;
