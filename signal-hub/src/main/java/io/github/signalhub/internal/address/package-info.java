/**
 * The rule which addresses count as one, for the hub and for the server.
 *
 * <p>Invariant: nothing is counted here. This room imports no other.
 *
 * <p>Read {@link io.github.signalhub.internal.address.AddressKey}.
 */
package io.github.signalhub.internal.address;
