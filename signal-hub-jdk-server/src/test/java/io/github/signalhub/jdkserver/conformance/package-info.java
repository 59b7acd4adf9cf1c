/**
 * The requirements of the RFCs on a server, tested from outside over sockets. A client sends bytes
 * and compares bytes, first over TCP and then over TLS. Each class is a part of one RFC. An {@link
 * io.github.signalhub.jdkserver.EchoServer} answers, which is the real transport without a hub.
 */
package io.github.signalhub.jdkserver.conformance;
