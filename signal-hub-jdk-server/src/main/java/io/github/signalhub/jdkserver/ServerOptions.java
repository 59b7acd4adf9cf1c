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
 * What a builder was told, frozen. Immutable.
 *
 * @param transport what the connections need to know
 * @param contexts the handlers
 * @param handlerExecutor where handlers run, if the application brings one
 * @param handshakeExecutor where the hook runs, if the application brings one
 */
record ServerOptions(
    TransportOptions transport,
    List<Context> contexts,
    Optional<Executor> handlerExecutor,
    Optional<Executor> handshakeExecutor) {

  /**
   * A handler and where it is.
   *
   * @param path a prefix of the paths that it serves
   * @param handler answers the requests
   * @param setUp adds filters and the rest
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
