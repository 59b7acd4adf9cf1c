package io.github.signalhub.testkit.backbone;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A node's connection with a server. Requests and answers take their time, and may overtake each
 * other. Confined to the engine's thread.
 */
final class Link {
  private final MemoryEngine engine;
  private final MemoryBackbone node;
  private final EngineServer server;
  private boolean cut;

  Link(MemoryEngine engine, MemoryBackbone node, EngineServer server) {
    this.engine = engine;
    this.node = node;
    this.server = server;
  }

  /**
   * Sends a request to the server, and the answer back. A cut loses the answer. It may lose the
   * request, or the request arrives late: after others of a newer link.
   *
   * @param request gets the server and the way back
   * @param answer gets the answer, unless that is lost
   */
  <T> void call(BiConsumer<EngineServer, Consumer<T>> request, Consumer<T> answer) {
    engine.later(
        () -> {
          if (!cut) {
            engine.drawFault(node);
          }
          if (!cut) {
            arrive(request, answer);
          } else if (engine.drawLate()) {
            engine.muchLater(() -> arrive(request, answer));
          }
        });
  }

  private <T> void arrive(BiConsumer<EngineServer, Consumer<T>> request, Consumer<T> answer) {
    if (!server.isStopped()) {
      request.accept(server, result -> engine.later(() -> comeBack(answer, result)));
    }
  }

  private <T> void comeBack(Consumer<T> answer, T result) {
    if (!cut) {
      engine.drawFault(node);
    }
    if (!cut) {
      answer.accept(result);
    }
  }

  EngineServer server() {
    return server;
  }

  /** Loses what is under way. */
  void cut() {
    cut = true;
  }
}
