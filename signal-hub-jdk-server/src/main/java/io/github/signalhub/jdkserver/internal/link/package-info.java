/**
 * WebSocket links: connections after their handshake, each of them one client of the hub.
 *
 * <p>Invariants: every wait for a peer has a deadline. No application code runs here. {@code
 * internal.ws} has the rules of frames. This room knows no HTTP.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.link.WebSocketLink} first. All links share
 * a {@link io.github.signalhub.jdkserver.internal.link.LinkContext}.
 */
package io.github.signalhub.jdkserver.internal.link;
