/**
 * The example as two nodes of one hub: a Redis, two processes, and a balancer in front of them.
 *
 * <p>The nodes keep no state of their own. Flows, ledger and suggestions are tables of the hub, so
 * each node has all of them. The example's own code runs the flows and serves the page.
 *
 * <p>Read {@code Node} first: it is what a program adds to become one of several. {@code Nodes}
 * starts everything.
 */
package io.github.signalhub.examples.nodes;
