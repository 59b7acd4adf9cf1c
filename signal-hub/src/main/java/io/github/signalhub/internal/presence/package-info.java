/**
 * The topics of each client, and the users of topics with presence.
 *
 * <p>Invariant: nobody is told anything while a lock is held. Nothing here starts a thread, knows
 * the application's classes, or sends a message. Imports {@code internal.session}, {@code
 * internal.log} for names and ids, {@code internal.control} for replies, {@code internal.logger},
 * {@code connection} and {@code spi}. Read {@code Presence} first.
 */
package io.github.signalhub.internal.presence;
