/**
 * What every transport owes the hub, as tests that any transport can run.
 *
 * <p>Extend {@link io.github.signalhub.contract.TransportContract} and return a {@link
 * io.github.signalhub.contract.TransportHarness} that opens a hub behind the transport and connects
 * peers to it. Nothing here assumes that something has happened at once, or how bytes are split.
 */
package io.github.signalhub.contract;
