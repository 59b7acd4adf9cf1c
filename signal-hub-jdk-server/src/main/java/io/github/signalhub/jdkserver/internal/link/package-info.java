/**
 * WebSocket links: connections after their handshake, each of them one client of the hub.
 *
 * <p>Invariants: every wait for a peer has a deadline. No application code runs here. This room
 * knows the rules of frames from {@code internal.ws}, and no HTTP.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.link.WebSocketLink} first. {@link
 * io.github.signalhub.jdkserver.internal.link.LinkContext} is what all links share.
 */
package io.github.signalhub.jdkserver.internal.link;
