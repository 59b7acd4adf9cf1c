package io.github.signalhub.jdkserver.internal.exchange;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A path with its handler, filters, authenticator and attributes. Neither the name nor the value of
 * an attribute may be null. Thread-safe.
 */
final class HubHttpContext extends HttpContext {
  private final HubHttpServer server;
  private final String path;
  private final Map<String, Object> attributes = new ConcurrentHashMap<>();
  private final List<Filter> filters = new CopyOnWriteArrayList<>();
  private volatile HttpHandler handler;
  private volatile Authenticator authenticator;

  HubHttpContext(HubHttpServer server, String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("expected a path that begins with /, was " + path);
    }
    this.server = server;
    this.path = path;
  }

  /** Returns the handler; {@code null} until it is set. */
  @Override
  public HttpHandler getHandler() {
    return handler;
  }

  @Override
  public synchronized void setHandler(HttpHandler handler) {
    requireNonNull(handler, "handler");
    if (this.handler != null) {
      throw new IllegalArgumentException("the context " + path + " has a handler already");
    }
    this.handler = handler;
  }

  @Override
  public String getPath() {
    return path;
  }

  @Override
  public HttpServer getServer() {
    return server.view();
  }

  @Override
  public Map<String, Object> getAttributes() {
    return attributes;
  }

  @Override
  public List<Filter> getFilters() {
    return filters;
  }

  /**
   * Sets the authenticator, which decides which requests are let in. With {@code null}, all are. It
   * runs after the filters, so they also see the requests that it refuses.
   *
   * @return the authenticator that was set before
   */
  @Override
  public synchronized Authenticator setAuthenticator(Authenticator authenticator) {
    Authenticator before = this.authenticator;
    this.authenticator = authenticator;
    return before;
  }

  @Override
  public Authenticator getAuthenticator() {
    return authenticator;
  }
}
