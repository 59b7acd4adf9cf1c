package io.github.signalhub.jdkserver;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.jdkserver.internal.server.TransportOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The options of a builder, frozen. Immutable.
 *
 * @param transport the options of the connections
 * @param contexts the handlers
 * @param handlerExecutor runs handlers, if the application brings one
 * @param handshakeExecutor runs the handshake hook, if the application brings one
 */
record ServerOptions(
    TransportOptions transport,
    List<Context> contexts,
    Optional<Executor> handlerExecutor,
    Optional<Executor> handshakeExecutor) {

  /**
   * A handler and its path.
   *
   * @param path a prefix of the paths that it serves
   * @param handler answers the requests
   * @param setUp adds filters, attributes or an authenticator
   */
  record Context(String path, HttpHandler handler, Consumer<? super HttpContext> setUp) {
    Context {
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException("expected a path that begins with /, was " + path);
      }
    }
  }

  ServerOptions {
    contexts = List.copyOf(contexts);
    Set<String> paths = new HashSet<>();
    for (Context context : contexts) {
      if (!paths.add(context.path())) {
        throw new IllegalArgumentException("there are two contexts for " + context.path());
      }
    }
  }
}
