/**
 * A server with one public port: WebSocket clients of a hub on one path, ordinary {@code
 * com.sun.net.httpserver} handlers on all others.
 */
package io.github.signalhub.jdkserver;
