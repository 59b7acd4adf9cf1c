package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.ws.MessageMemory;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake;
import io.github.signalhub.spi.Registrar;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * What all connections of a server have in common. Thread-safe.
 *
 * @param options what the server was configured to be
 * @param registrar where links are registered
 * @param http the contexts for everything that is no WebSocket
 * @param handshake the rules of a handshake
 * @param admission the application's hook, if there is one
 * @param executor where handlers and hooks run
 * @param permits one for each handler or hook that may run or wait for a thread
 * @param clock for Date fields
 * @param compression what the links share to write their messages
 * @param memory for the messages that they have not received to the end
 * @param census how many connections there are
 * @param intake whether handshakes are taken
 * @param hints of what a setting refuses
 */
record Shared(
    NetOptions options,
    Registrar registrar,
    HubHttpServer http,
    WebSocketHandshake handshake,
    Optional<Admission> admission,
    Executor executor,
    Semaphore permits,
    HttpClock clock,
    Compression compression,
    MessageMemory memory,
    Census census,
    Intake intake,
    Hints hints) {

  /**
   * Runs application code on a handler thread; its permit is given back when it ends.
   *
   * @throws HttpException 503 if there is no permit, or the executor does not take it
   */
  void offload(Runnable applicationCode) {
    if (!permits.tryAcquire()) {
      throw overloaded();
    }
    try {
      executor.execute(
          () -> {
            try {
              applicationCode.run();
            } finally {
              permits.release();
            }
          });
    } catch (RuntimeException | OutOfMemoryError e) { // rejected, no thread, or its own
      permits.release();
      throw overloaded();
    }
  }

  private static HttpException overloaded() {
    return new HttpException(503, "too many requests at once", Map.of("Retry-After", "1"));
  }
}
