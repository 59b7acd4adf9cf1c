/**
 * The server's side of HTTP/1.1 (RFC 9110, RFC 9112) as pure state machines: bytes in, heads and
 * body bytes out; response heads and chunks as bytes.
 *
 * <p>Invariant: nothing here opens a channel, starts a thread, reads a clock, logs, or imports
 * another package of this library. The caller confines every instance to one thread at a time.
 * Everything that a peer sends becomes a value or an {@link
 * io.github.signalhub.jdkserver.internal.http.HttpException} with a status. No message of such an
 * exception quotes the peer.
 *
 * <p>Read {@link io.github.signalhub.jdkserver.internal.http.RequestHeadParser} first, then {@link
 * io.github.signalhub.jdkserver.internal.http.BodyFraming}, then {@link
 * io.github.signalhub.jdkserver.internal.http.ResponseFraming}.
 */
package io.github.signalhub.jdkserver.internal.http;
