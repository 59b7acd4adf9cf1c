package io.github.signalhub.jdkserver;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.Hub;
import io.github.signalhub.internal.settings.Setting;
import io.github.signalhub.jdkserver.internal.capacity.ServerThreads;
import io.github.signalhub.jdkserver.internal.server.NioTransport;
import io.github.signalhub.metrics.Metric;
import io.github.signalhub.spi.Registrar;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A server with one public port: WebSocket clients of a {@link Hub} on one path, ordinary {@code
 * com.sun.net.httpserver} handlers on all others.
 *
 * <pre>{@code
 * Hub hub = Hub.create();
 * SignalServer server = SignalServer.start(hub, 8080); // ws://localhost:8080/ws
 * hub.broadcast("TICK", Map.of("n", 1));
 * }</pre>
 *
 * <p>Its event loops keep the program running until the server is closed. Closing the server does
 * not close its hub, which may serve other transports, too. Closing the hub stops the server.
 * Thread-safe.
 */
public final class SignalServer implements AutoCloseable {
  private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(5);

  private final Registrar registrar;
  private final NioTransport transport;
  private final ServerThreads threads;

  /** Takes over a transport that was started. */
  SignalServer(Registrar registrar, NioTransport transport, ServerThreads threads) {
    this.registrar = registrar;
    this.transport = transport;
    this.threads = threads;
  }

  /**
   * Starts a server with the default options, on all interfaces, the WebSocket at {@code /ws}.
   *
   * @param hub whose clients it serves
   * @param port where to listen; 0 picks a free one, see {@link #port()}
   * @throws IOException if the port is in use or may not be used; nothing is left open
   * @throws IllegalArgumentException if the port is not 0 to 65535
   * @throws IllegalStateException if the hub is closed
   */
  public static SignalServer start(Hub hub, int port) throws IOException {
    return builder(hub).port(port).start();
  }

  /**
   * Returns a builder with the default options.
   *
   * @param registrar the {@link Hub} whose clients the server serves. Authors of other protocols
   *     may bring a registrar of their own. It gets every WebSocket and decides what goes over it.
   *     Such a registrar has to find out by itself that the server was stopped.
   */
  public static SignalServerBuilder builder(Registrar registrar) {
    return new SignalServerBuilder(requireNonNull(registrar, "registrar"));
  }

  /** Returns the port that is listened on. */
  public int port() {
    return address().getPort();
  }

  /** Returns the address that is listened on. */
  public InetSocketAddress address() {
    return transport.address();
  }

  /**
   * Adds a handler while the server runs, by the rules of {@link
   * SignalServerBuilder#context(String, HttpHandler, Filter...)}. Its filters are there before the
   * first request.
   *
   * @return the context, with its attributes, filters and authenticator. Later changes of it hold
   *     for later requests
   * @throws IllegalArgumentException if the path does not begin with {@code /} or has a context
   */
  public HttpContext context(String path, HttpHandler handler, Filter... filters) {
    List<Filter> all = List.of(filters);
    return context(path, handler, context -> context.getFilters().addAll(all));
  }

  /**
   * Adds a handler while the server runs, with an authenticator or attributes that are there before
   * the first request.
   *
   * @param setUp is called once, before the first request; what it throws is thrown here, and there
   *     is no context then
   * @return the context
   * @throws IllegalArgumentException if the path does not begin with {@code /} or has a context
   */
  public HttpContext context(
      String path, HttpHandler handler, Consumer<? super HttpContext> setUp) {
    return transport
        .http()
        .createContext(
            requireNonNull(path, "path"),
            requireNonNull(handler, "handler"),
            requireNonNull(setUp, "setUp"));
  }

  /**
   * Removes a context while the server runs. Exchanges that have begun go on. Later requests get
   * another context with a shorter path, or 404.
   *
   * @throws IllegalArgumentException if there is no context of exactly this path
   */
  public void removeContext(String path) {
    transport.http().removeContext(path);
  }

  /**
   * Returns what the server counts and holds, for a monitoring: connections, requests, refusals by
   * status, limits that were reached by name, bytes, and the time of event loops. The metrics are
   * those of one server from its start on. The list never changes, and each value is read when it
   * is asked for. Their names begin with {@code signalhub.server}.
   *
   * @see MetricsHandler
   */
  public List<Metric> metrics() {
    return transport.metrics();
  }

  /**
   * Returns whether the server accepts no more clients, because it or its hub is being stopped.
   * Requests are still answered.
   *
   * @see HealthHandler
   */
  public boolean isDraining() {
    return transport.retryAfter().isPresent();
  }

  /**
   * Returns for how long requests or handshakes have been refused because nothing was left for
   * them. The time ends when none was refused for 10 seconds; then it is zero. Refusals of an
   * address that has its own share do not count, so one address alone cannot cause this. But each
   * refusal of an executor counts of which the server does not know how many threads it has.
   *
   * @see HealthHandler
   */
  public Duration overloadedFor() {
    return transport.overloadedFor();
  }

  /**
   * Stops in good order. The port stays open until every client is gone. Meanwhile handshakes are
   * answered with 503 and {@code Retry-After}, and other requests as always. Clients are sent what
   * was published before, and then close code 1001. Clients of a hub are told when to come back,
   * and are closed one after the other as {@link Hub#close(Duration)} does it. Then the port is
   * closed, HTTP exchanges in progress finish, and the threads end. At the deadline, everything
   * that is left is cut. A second call does nothing. An interrupt of the waiting thread moves the
   * deadline to now.
   *
   * @param atMost how long this may take
   * @throws IllegalArgumentException if it is negative
   */
  public void stop(Duration atMost) {
    stop(atMost, Optional.empty());
  }

  /**
   * Stops in good order.
   *
   * @param atMost how long this may take
   * @param returnOver over which time the clients come back, as for {@link Hub#close(Duration,
   *     Duration)}; only a hub uses it
   * @throws IllegalArgumentException if one of them is negative
   */
  public void stop(Duration atMost, Duration returnOver) {
    stop(atMost, Optional.of(Setting.notNegative("returnOver", returnOver)));
  }

  private void stop(Duration atMost, Optional<Duration> returnOver) {
    Setting.notNegative("atMost", atMost);
    long start = System.nanoTime();
    try {
      returnOver.ifPresentOrElse(
          over -> registrar.drain(transport, atMost, over),
          () -> registrar.drain(transport, atMost));
      transport.drain(atMost.minusNanos(System.nanoTime() - start));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      transport.stop();
      registrar.detach(transport);
      threads.close();
    }
  }

  /** Stops in good order within 5 seconds. */
  @Override
  public void close() {
    stop(DEFAULT_DRAIN);
  }
}
