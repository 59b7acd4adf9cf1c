/**
 * Clients as cursors over the log. A session is a set of topics and one position. A shard is all
 * sessions of one event loop.
 *
 * <p>Live delivery, resume after a lost connection and slow clients are one operation here: write
 * the entries between the position and the horizon.
 *
 * <p>Invariant: everything is confined to its loop, except where stated. Nothing here performs I/O,
 * runs application code or parses messages. Imports {@code internal.control}, {@code internal.log}
 * and {@code spi}. Read {@code Cursor} first: it has all states of a session. Then {@code Shard}.
 */
package io.github.signalhub.internal.session;
