/**
 * The classes for authors of carriers. They are the seam between the hub and the carrier that
 * brings connections to it. The hub owns the messages and every limit on them.
 *
 * <p>A {@link io.github.signalhub.spi.Transport} is started with a {@link
 * io.github.signalhub.spi.Registrar} (the hub). For each connection it asks an {@code Admission}
 * whether the client is let in. It creates a {@link io.github.signalhub.spi.Link} on one of its
 * {@linkplain io.github.signalhub.spi.Loop loops}, and registers it. The link owns the life of the
 * connection and its deadlines. The carrier hands messages of the peer to it, and takes frames for
 * the peer from it. A {@link io.github.signalhub.spi.PlatformConnection} does as the link says.
 * Where a platform only offers "send this text and tell me when it is done", {@link
 * io.github.signalhub.spi.CallbackTransport} does all of that.
 *
 * <p>{@link io.github.signalhub.spi.Connection}, {@link io.github.signalhub.spi.Inbound} and {@link
 * io.github.signalhub.spi.Outbound} are the two ends between a link and a hub. Only the author of
 * another registrar needs them.
 *
 * <p>Invariant: nothing here imports another package of this library but the logger. Read {@link
 * io.github.signalhub.spi.Link} first.
 */
@NullMarked
package io.github.signalhub.spi;

import org.jspecify.annotations.NullMarked;
