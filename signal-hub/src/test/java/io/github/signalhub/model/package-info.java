/**
 * The hub's guarantee as a small reference model, and random schedules that try to break it.
 *
 * <p>A schedule is a list of {@link Step}s. {@link World} plays it on a real hub, over a transport
 * whose loops run one task per step. {@link ReferenceLog} and {@link ReferenceClient} compare the
 * published messages with the messages that each client received. They share no design with the
 * implementation: they have only lists, no rings, shards or positions.
 */
package io.github.signalhub.model;
