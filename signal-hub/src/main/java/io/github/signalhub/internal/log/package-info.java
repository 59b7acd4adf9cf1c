/**
 * The log of a hub. It has one total order over all topics, and the entries of each topic: a ring
 * for a stream, a map for a table. It also has the rules by which entries leave.
 *
 * <p>Publishing appends an entry and flags the subscriptions of its topic. There is one for each
 * {@linkplain io.github.signalhub.internal.log.LogReader reader} (event loop) that has subscribers.
 * Publishing never looks at clients. Readers find entries without a lock.
 *
 * <p>Invariant: nothing here performs I/O, runs application code, starts a thread or reads a clock
 * of its own. The only room that it imports is {@code spi}. Read {@code HubLog} first, then {@code
 * TopicLog}.
 */
package io.github.signalhub.internal.log;
