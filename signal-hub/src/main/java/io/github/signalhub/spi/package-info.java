/**
 * What the author of a transport reads: the seam between the hub, which owns what is sent and every
 * limit on it, and a transport, which only moves bytes.
 *
 * <p>A {@link io.github.signalhub.spi.Transport} is started with a {@link
 * io.github.signalhub.spi.Registrar} (the hub). For every link it accepts it calls {@link
 * io.github.signalhub.spi.Registrar#register register} on the link's {@link
 * io.github.signalhub.spi.Loop} and gets an {@link io.github.signalhub.spi.Inbound}: messages of
 * the peer go into it, and frames for the peer are taken from its {@link
 * io.github.signalhub.spi.Outbound}. Where a platform only offers "send this text and tell me when
 * it is done", {@link io.github.signalhub.spi.CallbackTransport} does all of that.
 *
 * <p>Invariant: nothing here imports another package of this library. Read {@link
 * io.github.signalhub.spi.Connection} first.
 */
package io.github.signalhub.spi;
