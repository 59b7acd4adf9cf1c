/**
 * What the author of a carrier reads: the seam between the hub, which owns what is sent and every
 * limit on it, and what brings connections to it.
 *
 * <p>A {@link io.github.signalhub.spi.Transport} is started with a {@link
 * io.github.signalhub.spi.Registrar} (the hub). For each connection it asks an {@code Admission}
 * whether the client is let in, and creates a {@link io.github.signalhub.spi.Link}, on one of its
 * {@linkplain io.github.signalhub.spi.Loop loops}, and registers it. The link owns the life of the
 * connection and its deadlines. The carrier hands messages of the peer to it, takes frames for the
 * peer from it, and does as it says in a {@link io.github.signalhub.spi.PlatformConnection}. Where
 * a platform only offers "send this text and tell me when it is done", {@link
 * io.github.signalhub.spi.CallbackTransport} does all of that.
 *
 * <p>{@link io.github.signalhub.spi.Connection}, {@link io.github.signalhub.spi.Inbound} and {@link
 * io.github.signalhub.spi.Outbound} are the two ends between a link and a hub. Only the author of
 * another registrar needs them.
 *
 * <p>Invariant: nothing here imports another package of this library but the logger. Read {@link
 * io.github.signalhub.spi.Link} first.
 */
package io.github.signalhub.spi;
