/**
 * The way of what clients send, from their links to the application: it waits in a queue of its
 * client within limits, is parsed when there is room, and is handed out or done.
 *
 * <p>Invariant: nothing here runs application code, or parses, on an event loop or while it holds a
 * lock; the application is known as {@code ClientHandler} alone. Imports {@code internal.control},
 * {@code internal.refs}, {@code internal.presence}, {@code internal.session}, {@code
 * internal.logger} and {@code spi}. Read {@code ClientQueue} first.
 */
package io.github.signalhub.internal.inbound;
