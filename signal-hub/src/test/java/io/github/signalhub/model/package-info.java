/**
 * The hub's guarantee as a small reference model, and random schedules that try to break it.
 *
 * <p>A schedule is a list of {@link Step}s. {@link World} plays it on a real hub over a transport
 * whose loops run one task at a time, when a step says so; {@link ReferenceLog} and {@link
 * ReferenceClient} hear what was published and what each client received, and object. They share no
 * idea with the implementation: no rings, no shards, no positions; lists alone.
 */
package io.github.signalhub.model;
