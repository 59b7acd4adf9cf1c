package io.github.signalhub.interop.compression;

import io.github.signalhub.jdkserver.Carrier;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket client that offers compression. Any thread may run its callbacks. */
abstract class CompressingClient {
  static final int SECONDS = 20;

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  /**
   * Connects, or fails.
   *
   * @return the server's {@code Sec-WebSocket-Extensions}
   */
  abstract String connect(URI uri, Carrier carrier) throws Exception;

  /** Sends a text message. */
  abstract void send(String text) throws Exception;

  /** Ends the connection and the client's threads. */
  abstract void end() throws Exception;

  /** Waits for the next event. Returns a message, or a text that says that the connection ended. */
  final String next() throws InterruptedException {
    String next = received.poll(SECONDS, TimeUnit.SECONDS);
    return next == null ? "nothing came" : next;
  }

  final void received(String message) {
    received.add(message);
  }
}
