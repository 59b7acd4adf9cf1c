/**
 * A small flow engine: acyclic graphs of nodes, run concurrently with retries.
 *
 * <p>Knows neither hub nor ledger nor threads of its own; what happens is told to a {@code
 * FlowListener}. Read {@code FlowEngine} first.
 */
package io.github.signalhub.examples.flow;
