/**
 * The limited things of a server, such as threads, places and memory, and how addresses share them.
 *
 * <p>Invariants: no address gets all of anything. A handler never holds what TLS or a handshake
 * needs. This room knows no connection and no channel.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.capacity.FairShares} first, then {@link
 * io.github.signalhub.jdkserver.internal.capacity.Workers}. {@link
 * io.github.signalhub.jdkserver.internal.capacity.Capacity} lists what a server has.
 */
package io.github.signalhub.jdkserver.internal.capacity;
