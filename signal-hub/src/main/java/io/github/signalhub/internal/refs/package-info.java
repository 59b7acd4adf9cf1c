/**
 * Messages with a {@code ref}. Each is answered. Within a session of its client it is processed
 * once, over all connections of the session. Answers to requests are kept here, until they are sent
 * and for repeats.
 *
 * <p>A session here is the client's own id, which it keeps when it comes back. It is not the
 * session of {@code internal.session}, which is one connection.
 *
 * <p>Invariant: nothing here knows the log, parses or processes a message, or starts a thread or a
 * timer. Nothing is sent while a lock is held. Imports {@code internal.address}, {@code
 * internal.control} and {@code spi}. Read {@code RefSessions} first.
 */
package io.github.signalhub.internal.refs;
