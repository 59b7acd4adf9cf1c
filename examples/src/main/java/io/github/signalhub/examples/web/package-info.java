/**
 * The example over HTTP: snapshots, requests for runs and the built page, as ordinary {@code
 * com.sun.net.httpserver} handlers.
 *
 * <p>Every snapshot has the id of the hub's last message, which is read before the state. The
 * package does not know the server that runs the handlers. Read {@code Api} first.
 */
package io.github.signalhub.examples.web;
