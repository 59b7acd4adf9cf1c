/**
 * The words that applications, carriers and the hub share about one client's connection.
 *
 * <p>Invariant: values alone, and no import of another package. Read {@code DisconnectReason}
 * first, then {@code AttributeKey}.
 */
@NullMarked
package io.github.signalhub.connection;

import org.jspecify.annotations.NullMarked;
