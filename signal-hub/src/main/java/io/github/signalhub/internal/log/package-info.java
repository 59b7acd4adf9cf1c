/**
 * The log of a hub: one total order over all topics, the entries of each topic, a ring for a stream
 * and a map for a table, and the rules by which entries leave it.
 *
 * <p>Publishing appends an entry and flags the subscriptions of its topic, one per {@linkplain
 * io.github.signalhub.internal.log.LogReader reader} (event loop) that has subscribers; it never
 * looks at clients. Readers find entries without a lock.
 *
 * <p>Invariant: nothing here performs I/O, runs application code, starts a thread or reads a clock
 * of its own, and it imports nothing of this library but {@code spi}. Read {@code HubLog} first,
 * then {@code TopicLog}.
 */
package io.github.signalhub.internal.log;
