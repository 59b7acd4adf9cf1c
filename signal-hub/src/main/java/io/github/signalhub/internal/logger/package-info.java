/**
 * The only way of this library to a logger. Text of a peer is escaped here, and warnings that
 * repeat are counted here, so that no caller can forget it.
 *
 * <p>Exported to the modules of this library alone. Knows no other package of it. Read {@code
 * HubLogger} first.
 */
package io.github.signalhub.internal.logger;
