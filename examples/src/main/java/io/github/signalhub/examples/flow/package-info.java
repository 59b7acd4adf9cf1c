/**
 * A small flow engine: acyclic graphs of nodes, run concurrently with retries.
 *
 * <p>It knows neither hub nor ledger, and has no threads of its own. It reports events to a {@code
 * FlowListener}. Read {@code FlowEngine} first.
 */
package io.github.signalhub.examples.flow;
