/**
 * The rules of admission that need no application: origins, host names and trusted proxies. {@code
 * io.github.signalhub.admission} asks them in their order.
 *
 * <p>Invariant: nothing here opens a socket, asks a name server or blocks. Text of a peer leaves
 * this package escaped, and each hint is logged once. Of this library, it imports {@code
 * internal.logger} alone.
 *
 * <p>Read {@code OriginPolicy} first, then {@code Requester}: it decides which proxy names the
 * client. {@code Hints} tells the operator which setting would admit a request.
 */
package io.github.signalhub.internal.admission;
