/**
 * What the RFCs demand of a server, shown from outside: over sockets, with a client that sends
 * bytes and compares bytes, first over TCP and then over TLS. Each class is a part of one RFC; an
 * {@link io.github.signalhub.jdkserver.EchoServer} answers, which is the real transport without a
 * hub.
 */
package io.github.signalhub.jdkserver.conformance;
