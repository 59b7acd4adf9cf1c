package io.github.signalhub.jdkserver.internal.exchange;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The contexts of a server. Handlers see it as their {@link HttpServer}. Contexts can be created
 * and removed at any time. The surrounding server binds, starts, stops and has the executor, so
 * these methods are not supported here. Thread-safe.
 */
public final class HubHttpServer extends HttpServer {
  static final String OWNED = "owned by the SignalServer: use its builder or close() it";

  private final ContextMap contexts = new ContextMap();
  private final Supplier<InetSocketAddress> address;
  private final Executor executor;
  private final HttpServer view;
  private final HubLogger log;
  private final HubHttpContext notFound = new HubHttpContext(this, "/");

  /**
   * Creates a server without contexts.
   *
   * @param address returns the address of the listening socket; {@code null} before there is one
   * @param executor on which {@link #serve} is called; it is only shown to handlers, and not used
   *     here
   * @param tls returns how new connections are encrypted; if present, handlers see an {@code
   *     HttpsServer}
   */
  public HubHttpServer(
      Supplier<InetSocketAddress> address, Executor executor, Optional<Supplier<SSLContext>> tls) {
    this(address, executor, tls, HubLogger.of(HubHttpServer.class));
  }

  HubHttpServer(
      Supplier<InetSocketAddress> address,
      Executor executor,
      Optional<Supplier<SSLContext>> tls,
      HubLogger log) {
    this.address = requireNonNull(address, "address");
    this.executor = requireNonNull(executor, "executor");
    this.view = tls.<HttpServer>map(context -> new HubHttpsServer(this, context)).orElse(this);
    this.log = requireNonNull(log, "log");
    notFound.setHandler(HubHttpServer::answerUnserved);
  }

  private static void answerUnserved(HttpExchange unserved) throws IOException {
    HubHttpExchange.of(unserved).answerUnserved();
  }

  /** Returns the object that handlers see: this one, or an {@code HttpsServer} with TLS. */
  HttpServer view() {
    return view;
  }

  /**
   * Serves one request: finds its context, and runs filters, authenticator and handler. Blocks as
   * long as they do, so it is for a handler's thread. Never throws. The channel is finished when
   * this returns, if one of them has thrown or the response is complete. Otherwise the exchange
   * goes on until any thread closes it, or until it stands still for too long.
   *
   * @param head the request
   * @param framing of its body
   * @param channel the connection
   */
  public void serve(RequestHead head, BodyFraming framing, ExchangeChannel channel) {
    requireNonNull(head, "head");
    requireNonNull(framing, "framing");
    requireNonNull(channel, "channel");
    HubHttpContext context = find(head);
    HubHttpExchange exchange = new HubHttpExchange(head, framing, context, channel, log);
    ExchangeRunner runner = new ExchangeRunner(context, exchange, log);
    channel.onStandstill(runner::expire);
    runner.run();
  }

  /**
   * Returns the context of a request. A path that begins with two slashes has none, because no
   * context has such a path.
   */
  private HubHttpContext find(RequestHead head) {
    if (head.uri().getRawPath().startsWith("//")) {
      return notFound;
    }
    String path = head.path().equals("*") ? "/" : head.path(); // OPTIONS *, RFC 9110 §9.3.7
    return contexts.find(path).orElse(notFound);
  }

  /** Returns whether there is a context of exactly this path. */
  public boolean hasContext(String path) {
    return contexts.has(path);
  }

  /**
   * Creates a context that is complete before the first request reaches it.
   *
   * @param setUp adds filters, attributes or an authenticator
   * @throws IllegalArgumentException if the path does not begin with {@code /} or has a context
   */
  public HttpContext createContext(
      String path, HttpHandler handler, Consumer<? super HttpContext> setUp) {
    HubHttpContext context = new HubHttpContext(this, requireNonNull(path, "path"));
    context.setHandler(handler);
    setUp.accept(context);
    contexts.add(context);
    return context;
  }

  @Override
  public HttpContext createContext(String path, HttpHandler handler) {
    return createContext(path, handler, context -> {});
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the path does not begin with {@code /} or has a context
   */
  @Override
  public HttpContext createContext(String path) {
    HubHttpContext context = new HubHttpContext(this, requireNonNull(path, "path"));
    contexts.add(context);
    return context;
  }

  @Override
  public void removeContext(String path) {
    contexts.remove(requireNonNull(path, "path"));
  }

  @Override
  public void removeContext(HttpContext context) {
    contexts.remove(requireNonNull(context, "context"));
  }

  @Override
  public InetSocketAddress getAddress() {
    return address.get();
  }

  @Override
  public Executor getExecutor() {
    return executor;
  }

  /** Not supported: the surrounding server binds. */
  @Override
  public void bind(InetSocketAddress address, int backlog) {
    throw new UnsupportedOperationException("the address is " + OWNED);
  }

  /** Not supported: the surrounding server starts. */
  @Override
  public void start() {
    throw new UnsupportedOperationException("starting is " + OWNED);
  }

  /** Not supported: the surrounding server stops. */
  @Override
  public void stop(int delay) {
    throw new UnsupportedOperationException("stopping is " + OWNED);
  }

  /** Not supported: the surrounding server has its executor. */
  @Override
  public void setExecutor(Executor executor) {
    throw new UnsupportedOperationException("the executor is " + OWNED);
  }
}
