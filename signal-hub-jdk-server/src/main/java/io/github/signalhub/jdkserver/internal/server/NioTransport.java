package io.github.signalhub.jdkserver.internal.server;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.internal.address.AddressKey;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.capacity.Capacity;
import io.github.signalhub.jdkserver.internal.capacity.ConnectionPermits;
import io.github.signalhub.jdkserver.internal.capacity.Limit;
import io.github.signalhub.jdkserver.internal.capacity.ServerCounts;
import io.github.signalhub.jdkserver.internal.capacity.ServerThreads;
import io.github.signalhub.jdkserver.internal.capacity.Workers;
import io.github.signalhub.jdkserver.internal.certificates.CurrentCertificates;
import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
import io.github.signalhub.jdkserver.internal.httpconnection.HttpClock;
import io.github.signalhub.jdkserver.internal.httpconnection.HttpOptions;
import io.github.signalhub.jdkserver.internal.httpconnection.HttpStage;
import io.github.signalhub.jdkserver.internal.httpconnection.ServerContext;
import io.github.signalhub.jdkserver.internal.link.Compression;
import io.github.signalhub.jdkserver.internal.link.LinkContext;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import io.github.signalhub.jdkserver.internal.socket.Acceptor;
import io.github.signalhub.jdkserver.internal.socket.ByteSocket;
import io.github.signalhub.jdkserver.internal.socket.PlainSocket;
import io.github.signalhub.jdkserver.internal.socket.ProxiedSocket;
import io.github.signalhub.jdkserver.internal.socket.ProxyHeader;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import io.github.signalhub.jdkserver.internal.tls.TlsSocket;
import io.github.signalhub.metrics.Metric;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * WebSocket and HTTP on one port: a listening socket, and event loops that get the connections in
 * turn. Thread-safe.
 */
public final class NioTransport implements Transport {
  private static final HubLogger LOG = HubLogger.of(NioTransport.class);
  private static final long THREAD_END_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final Duration MAX_DRAIN = Duration.ofDays(365);

  private final TransportOptions options;
  private final Optional<CurrentCertificates> certificates;
  private final Optional<Supplier<SSLContext>> tls;
  private final HubHttpServer http;
  private final ServerThreads threads;
  private final List<NioLoop> loops = new ArrayList<>();
  private final SocketConnection.Owner owner = new Owner();
  private final Runnable onFailedTls = this::failedTls; // one for all connections
  private volatile Duration retryAfter; // null while handshakes are accepted
  private volatile ServerContext context; // null before the start
  private volatile List<Metric> metrics = List.of();
  private Acceptor acceptor; // guarded by this, as are all fields that are not final
  private boolean started;
  private boolean stopped;
  private volatile InetSocketAddress address;
  private int nextLoop; // confined to the acceptor's loop

  /**
   * Creates a transport that is not started.
   *
   * @param threads run handlers, filters and handshake hooks; they are not closed here
   */
  public NioTransport(TransportOptions options, ServerThreads threads) {
    this.options = requireNonNull(options, "options");
    this.threads = requireNonNull(threads, "threads");
    this.certificates = options.certificates().map(CurrentCertificates::new);
    this.tls =
        options
            .tls()
            .map(given -> (Supplier<SSLContext>) () -> given)
            .or(() -> certificates.map(current -> current::context));
    this.http = new HubHttpServer(this::address, threads.handlerExecutor(), tls);
  }

  @Override
  public String name() {
    return "jdk-server";
  }

  /** Returns the contexts, which serve all requests that are no WebSocket handshakes. */
  public HubHttpServer http() {
    return http;
  }

  /** Returns the address of the listening socket; {@code null} before the start. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException if the port or a file of certificates cannot be used; nothing is left open
   * @throws IllegalStateException if it was started or stopped before
   */
  @Override
  public synchronized void start(Registrar registrar) throws IOException {
    requireNonNull(registrar, "registrar");
    if (started || stopped) {
      throw new IllegalStateException("a transport can be started once");
    }
    if (certificates.isPresent()) {
      certificates.get().start(registrar::now);
    }
    context = newContext(registrar);
    try {
      for (int i = 0; i < options.loops(); i++) {
        loops.add(new NioLoop("signal-hub-loop-" + i));
      }
      acceptor = Acceptor.bind(options.address(), loops.get(0), this::place);
      address = acceptor.address();
    } catch (IOException | RuntimeException e) {
      loops.forEach(NioLoop::stop);
      loops.clear();
      throw e;
    }
    started = true;
    metrics = ServerMetrics.of(options, context, loops, certificates, tls.isPresent());
    loops.forEach(NioLoop::start);
    loops.get(0).execute(acceptor::start);
    certificates.ifPresent(
        current -> new CertificateWatch(loops.get(0), threads.files(), current).begin());
    LOG.log(Level.INFO, "Listening on {0}", address);
  }

  /**
   * Answers handshakes with 503 from now on. The port stays open until {@link #stop}. So clients
   * are told to come back later or elsewhere, and health checks are answered. HTTP connections end
   * with their next response.
   */
  @Override
  public void stopAccepting(Duration retryAfter) {
    this.retryAfter = requireNonNull(retryAfter, "retryAfter");
  }

  @Override
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /**
   * Ends all connections in good order. It stops accepting clients. Every client that is left gets
   * what was published, and then a goodbye with 1001. Then the port is closed, HTTP exchanges
   * finish, and this method waits for the end of all connections.
   *
   * @param atMost how long to wait
   * @return whether all connections have ended
   * @throws InterruptedException if the waiting thread was interrupted
   */
  public boolean drain(Duration atMost) throws InterruptedException {
    long nanos =
        requireNonNull(atMost, "atMost").compareTo(MAX_DRAIN) < 0
            ? atMost.toNanos()
            : MAX_DRAIN.toNanos();
    long deadline = System.nanoTime() + nanos;
    if (retryAfter == null) {
      stopAccepting(atMost);
    }
    awaitEnd(LoopDrain.Of.CLIENTS, deadline);
    closePort();
    return awaitEnd(LoopDrain.Of.ALL, deadline);
  }

  private boolean awaitEnd(LoopDrain.Of what, long deadline) throws InterruptedException {
    List<NioLoop> running;
    synchronized (this) {
      running = started && !stopped ? List.copyOf(loops) : List.of();
    }
    CountDownLatch empty = new CountDownLatch(running.size());
    for (NioLoop loop : running) {
      if (!loop.offer(() -> new LoopDrain(loop, what, empty).begin())) {
        empty.countDown(); // stopped meanwhile
      }
    }
    return empty.await(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private synchronized void closePort() {
    if (started && !stopped) {
      loops.get(0).execute(acceptor::close);
    }
  }

  @Override
  public synchronized void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    loops.forEach(NioLoop::stop);
    long deadline = System.nanoTime() + THREAD_END_NANOS;
    try {
      for (NioLoop loop : loops) {
        if (!loop.awaitEnd(deadline - System.nanoTime())) {
          LOG.log(Level.DEBUG, "An event loop has not ended yet");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (started) {
      context.links().compression().close();
      context.capacity().refusals().end();
      LOG.log(Level.INFO, "Stopped listening on {0}", address);
    }
  }

  /** Returns the metrics; none before the start. */
  public List<Metric> metrics() {
    return metrics;
  }

  /** Returns for how long too much has been asked of the server; zero before the start. */
  public Duration overloadedFor() {
    ServerContext started = context;
    return started == null ? Duration.ZERO : started.capacity().refusals().overloadedFor();
  }

  /** Returns the wire forms that all links share; {@code null} before the start. */
  synchronized Compression compression() {
    return context == null ? null : context.links().compression();
  }

  private ServerContext newContext(Registrar registrar) {
    HttpOptions httpOptions = options.http();
    Capacity capacity = Capacity.of(httpOptions.handlers(), threads);
    return new ServerContext(
        httpOptions,
        http,
        this,
        capacity,
        new ConnectionPermits(
            options.peers(), httpOptions.admission()::trusts, capacity.counts().limits()),
        new HttpClock(),
        LinkContext.of(options.links(), registrar, capacity, options.loops()));
  }

  private void place(SocketChannel channel) throws IOException {
    ServerCounts counts = context.capacity().counts();
    counts.accepted().increment();
    InetAddress address = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
    if (!context.permits().tryTake(address)) {
      LOG.log(Level.DEBUG, "There are too many connections, in all or of one address");
      counts.closedUnread().increment();
      Acceptor.closeQuietly(channel);
      return;
    }
    NioLoop loop = loops.get(nextLoop);
    nextLoop = (nextLoop + 1) % loops.size();
    if (loop.inLoop()) {
      begin(channel, loop, address);
    } else if (!loop.offer(() -> begin(channel, loop, address))) {
      Acceptor.closeQuietly(channel); // the server stops
      context.permits().giveBack(address);
    }
  }

  private void begin(SocketChannel channel, NioLoop loop, InetAddress peer) {
    try {
      SocketConnection connection =
          new SocketConnection(
              loop, channel, options.sockets(), opened -> socket(opened, channel), owner);
      HttpStage.begin(connection, context);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "A connection was lost before it was used", e);
      Acceptor.closeQuietly(channel);
      context.permits().giveBack(peer);
    } catch (Throwable t) { // nothing else closes this channel
      Acceptor.closeQuietly(channel);
      context.permits().giveBack(peer);
      throw t;
    }
  }

  private void failedTls() {
    context.capacity().counts().failedTls().increment();
  }

  /** Is told how connections end. Thread-safe. */
  private final class Owner implements SocketConnection.Owner {
    @Override
    public void stalled() {
      context.capacity().counts().limits().count(Limit.WRITE_TIMEOUT);
    }

    @Override
    public void ended(SocketConnection connection) {
      context.permits().giveBack(connection.peerAddress().getAddress());
    }
  }

  private ByteSocket socket(SocketConnection connection, SocketChannel channel) {
    boolean isProxied =
        options.proxyProtocol()
            && options.http().admission().trusts(connection.peerAddress().getAddress());
    return isProxied
        ? new ProxiedSocket(connection, header -> named(connection, channel, header))
        : clientSocket(connection, channel);
  }

  private ByteSocket clientSocket(SocketConnection connection, SocketChannel channel) {
    if (tls.isEmpty()) {
      return new PlainSocket(connection);
    }
    SSLEngine engine = tls.get().get().createSSLEngine();
    options.certificates().ifPresent(files -> files.prepare(engine));
    long address = AddressKey.of(connection.remoteAddress().getAddress());
    Workers computing = context.capacity().computing();
    return new TlsSocket(
        connection.loop(),
        channel,
        engine,
        task -> computing.submit(address, task),
        connection::retryRead,
        onFailedTls);
  }

  /** Goes on with the client that a proxy names, and counts it as if it were connected itself. */
  private ByteSocket named(SocketConnection connection, SocketChannel channel, ProxyHeader header)
      throws IOException {
    if (header.client().isPresent()) { // else it is the proxy's own
      InetSocketAddress client = header.client().get();
      boolean isProxy = options.http().admission().trusts(client.getAddress());
      if (!isProxy && !context.tryCount(connection, client.getAddress())) {
        throw new IOException("there are too many connections of a client of a proxy");
      }
      connection.comesFrom(client, header.encrypted());
    }
    ByteSocket socket = clientSocket(connection, channel);
    connection.goOnWith(socket);
    return socket;
  }
}
