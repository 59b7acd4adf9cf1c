/**
 * The way of clients' messages from their links to the application. A message waits in a queue of
 * its client within limits. It is parsed when there is room, and handed out or done. Its outcome
 * may come later than the listeners return, on any thread.
 *
 * <p>Invariant: on an event loop, or while it holds a lock, nothing here runs application code or
 * parses. The application is known as {@code ClientHandler} alone. Imports {@code
 * internal.control}, {@code internal.refs}, {@code internal.presence}, {@code internal.session},
 * {@code internal.logger} and {@code spi}. Read {@code ClientQueue} first.
 */
package io.github.signalhub.internal.inbound;
