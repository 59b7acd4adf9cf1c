/**
 * The rules of admission that need no application: origins, host names, and proxies that are
 * believed. {@code io.github.signalhub.admission} asks them in their order.
 *
 * <p>Invariant: nothing here opens a socket, asks a name server or blocks. Text of a peer leaves
 * this package escaped, and each hint is logged once. The only package of this library that is
 * imported here is {@code internal.logger}.
 *
 * <p>Read {@code OriginPolicy} first, then {@code Requester}: it says which proxy is believed about
 * a client. {@code Hints} tells the operator which setting would admit a request.
 */
package io.github.signalhub.internal.admission;
