/**
 * The example over HTTP: snapshots, requests for runs and the built page, as ordinary {@code
 * com.sun.net.httpserver} handlers.
 *
 * <p>Every snapshot carries the id of the hub's last message, read before the state. Knows nothing
 * of the server that runs the handlers. Read {@code Api} first.
 */
package io.github.signalhub.examples.web;
