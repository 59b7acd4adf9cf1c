package io.github.signalhub.jdkserver.internal.exchange;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The contexts of a server, as the {@link HttpServer} that handlers see, and the way of a request
 * through them. Contexts can be created and removed at any time; what the surrounding server owns
 * (binding, starting, stopping, the executor) is not supported here. Thread-safe.
 */
public final class HubHttpServer extends HttpServer {
  private static final String OWNED = "owned by the SignalServer: use its builder or close() it";

  private final ContextMap contexts = new ContextMap();
  private final Supplier<InetSocketAddress> address;
  private final Executor executor;
  private final HubLogger log;
  private final HubHttpContext notFound = new HubHttpContext(this, "/");

  /**
   * Creates a server without contexts.
   *
   * @param address tells the address that is listened on, or {@code null} before there is one
   * @param executor on which {@link #serve} is called; only told, never used here
   */
  public HubHttpServer(Supplier<InetSocketAddress> address, Executor executor) {
    this(address, executor, HubLogger.of(HubHttpServer.class));
  }

  HubHttpServer(Supplier<InetSocketAddress> address, Executor executor, HubLogger log) {
    this.address = requireNonNull(address, "address");
    this.executor = requireNonNull(executor, "executor");
    this.log = requireNonNull(log, "log");
    notFound.setHandler(exchange -> ((HubHttpExchange) exchange).answerUnserved());
  }

  /**
   * Serves one request: finds its context, runs authenticator, filters and handler, and ends the
   * exchange. Blocks as long as they do; to be called on a handler thread. Never throws; the
   * channel is finished when it returns, whatever happened. A handler cannot answer later from
   * another thread: what it left open is closed for it.
   *
   * @param head the request
   * @param framing of its body
   * @param channel the connection
   */
  public void serve(RequestHead head, BodyFraming framing, ExchangeChannel channel) {
    requireNonNull(head, "head");
    requireNonNull(framing, "framing");
    requireNonNull(channel, "channel");
    HubHttpContext context = contexts.find(head.path()).orElse(notFound);
    new ExchangeRunner(context, new HubHttpExchange(head, framing, context, channel), log).run();
  }

  @Override
  public HttpContext createContext(String path, HttpHandler handler) {
    requireNonNull(handler, "handler");
    HttpContext context = createContext(path);
    context.setHandler(handler);
    return context;
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
    if (requireNonNull(context, "context").getServer() != this) {
      throw new IllegalArgumentException("expected a context of this server");
    }
    contexts.remove(context.getPath());
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
