/**
 * Measures several nodes that are one hub over Redis. The floor is plain {@code PUBLISH} and {@code
 * SUBSCRIBE} with the same client library, in turns with the hub in the same run.
 *
 * <p>Read {@code Nodes} first: it is the order of a run. A {@code Pair} is what is measured, {@code
 * Traffic} is the load.
 */
package io.github.signalhub.benchmarks.nodes;
