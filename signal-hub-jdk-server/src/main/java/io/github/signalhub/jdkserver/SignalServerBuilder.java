package io.github.signalhub.jdkserver;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.admission.Admission;
import io.github.signalhub.admission.HandshakeHook;
import io.github.signalhub.admission.HandshakeRequest;
import io.github.signalhub.jdkserver.internal.capacity.HandlerLimits;
import io.github.signalhub.jdkserver.internal.capacity.PeerLimits;
import io.github.signalhub.jdkserver.internal.http.HttpLimits;
import io.github.signalhub.jdkserver.internal.httpconnection.HttpOptions;
import io.github.signalhub.jdkserver.internal.link.LinkOptions;
import io.github.signalhub.jdkserver.internal.server.TransportOptions;
import io.github.signalhub.jdkserver.internal.socket.SocketOptions;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import io.github.signalhub.spi.LinkTimeouts;
import io.github.signalhub.spi.Registrar;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/**
 * Collects the options of a {@link SignalServer}. Each has a default; what is out of range is told
 * by {@link #start} with an {@link IllegalArgumentException}. Timeouts are between 1 ms and a day
 * and precise to about 50 ms. Not thread-safe.
 */
public final class SignalServerBuilder {
  private static final int MAX_FIELDS = 100;

  private final Registrar registrar;
  private final Admission.Builder admission = Admission.builder();
  private final List<ServerOptions.Context> contexts = new ArrayList<>();
  private Optional<InetAddress> bindAddress = Optional.empty();
  private int port = 8080;
  private Set<String> paths = Set.of("/ws");
  private Optional<SSLContext> tls = Optional.empty();
  private int maxMessageBytes = WebSocketLimits.DEFAULT.maxMessageBytes();
  private OptionalLong maxUnfinishedBytes = OptionalLong.empty();
  private int maxFragments = WebSocketLimits.DEFAULT.maxFragments();
  private boolean compression = true;
  private OptionalLong maxCompressionWindowBytes = OptionalLong.empty();
  private int compressionThreshold = PermessageDeflate.DEFAULT_THRESHOLD_BYTES;
  private int maxRequestHeadBytes = 16 << 10;
  private long maxRequestBodyBytes = 1 << 20;
  private int minBodyBytesPerSecond = 1 << 10;
  private int maxConcurrentExchanges = 1024;
  private int bufferedRequestBytes = 64 << 10;
  private int bufferedResponseBytes = 256 << 10;
  private OptionalLong maxBufferedBytes = OptionalLong.empty();
  private OptionalInt maxSlowPeers = OptionalInt.empty();
  private int maxConnections = PeerLimits.DEFAULT.maxConnections();
  private OptionalInt maxConnectionsPerAddress = OptionalInt.empty();
  private int minMessageBytesPerSecond = 1 << 10;
  private int sendBufferBytes = 128 << 10;
  private int loops = Runtime.getRuntime().availableProcessors();
  private Optional<Executor> handlerExecutor = Optional.empty();
  private Optional<Executor> handshakeExecutor = Optional.empty();
  private Duration handshakeTimeout = Duration.ofSeconds(10);
  private Duration keepAliveTimeout = Duration.ofSeconds(75);
  private Duration exchangeTimeout = Duration.ofMinutes(5);
  private Duration pingInterval = Duration.ofSeconds(25);
  private Duration pongTimeout = Duration.ofSeconds(20);
  private Duration writeTimeout = Duration.ofSeconds(30);
  private Duration closeTimeout = Duration.ofSeconds(5);

  SignalServerBuilder(Registrar registrar) {
    this.registrar = registrar;
  }

  /** Sets the port, 0 to 65535; 8080 by default. 0 picks a free one. */
  public SignalServerBuilder port(int port) {
    this.port = port;
    return this;
  }

  /** Sets the address to listen on; all interfaces by default. */
  public SignalServerBuilder bindAddress(InetAddress address) {
    bindAddress = Optional.of(address);
    return this;
  }

  /**
   * Sets the path of the WebSocket, compared exactly with a request's decoded path; {@code /ws} by
   * default. A request for it that is no handshake is answered with 426, unless there is a {@link
   * #context} of exactly this path.
   */
  public SignalServerBuilder path(String path) {
    return paths(path);
  }

  /**
   * Sets several paths of the WebSocket, at least one, in place of {@link #path}; which one a
   * client used makes no difference but to the {@linkplain HandshakeRequest#path handshake hook}.
   */
  public SignalServerBuilder paths(String... paths) {
    this.paths = Set.copyOf(List.of(paths));
    return this;
  }

  /**
   * Encrypts all connections (TLS): clients connect to {@code wss:} and {@code https:}; by default
   * none is. Handshakes are computed on threads for nothing else, as many as there are processors
   * and at least two, where addresses take turns. They have to be done within the {@linkplain
   * #handshakeTimeout handshake timeout}. Which versions and ciphers there are is the context's to
   * say. A second handshake on a connection (TLS 1.2) is refused; what is no TLS is closed. A
   * client that names protocols (ALPN) has to name {@code http/1.1}.
   *
   * @param context with the server's key and certificate
   */
  public SignalServerBuilder tls(SSLContext context) {
    tls = Optional.of(context);
    return this;
  }

  /**
   * Adds a handler for everything that is no WebSocket handshake; none by default. It serves the
   * paths that begin with {@code path}, unless another context has a longer one. A path without a
   * context is answered with 404, and so is every path that begins with two slashes. {@code OPTIONS
   * *} goes to the context of {@code /}.
   *
   * <p>An exchange ends when its response is complete. Any thread may complete it, by closing the
   * response's body or the exchange, or by {@code sendResponseHeaders(status, -1)}. So a handler
   * may return first, and another thread may answer. The handler's thread and its place among the
   * {@linkplain #maxConcurrentExchanges concurrent exchanges} are free when it returns. Once it has
   * returned, a response of known length is also complete with its last byte.
   *
   * <p>There is exactly one response, whichever threads race for it. If a filter or a handler
   * throws, the exchange ends, even if another thread was to answer: with 500 if nothing was sent,
   * otherwise the connection is reset. A response that is not complete never looks complete. That,
   * and a handler that throws, is a warning in the log. An exchange that nobody ends is ended after
   * {@link #exchangeTimeout}.
   *
   * @param path begins with {@code /}; there may be one context for each
   * @param filters run before the handler, in this order
   * @see SignalServer#context(String, HttpHandler, Filter...)
   */
  public SignalServerBuilder context(String path, HttpHandler handler, Filter... filters) {
    List<Filter> all = List.of(filters);
    return context(path, handler, context -> context.getFilters().addAll(all));
  }

  /**
   * Adds a handler as the other method does, in a context with attributes, filters or an
   * authenticator. As on the JDK's server, the filters run first, then the authenticator, then the
   * handler.
   *
   * @param setUp is called once, by {@link #start}, before the first request
   */
  public SignalServerBuilder context(
      String path, HttpHandler handler, Consumer<? super HttpContext> setUp) {
    requireNonNull(path, "path");
    requireNonNull(handler, "handler");
    contexts.add(new ServerOptions.Context(path, handler, requireNonNull(setUp, "setUp")));
    return this;
  }

  /**
   * Sets the hook that decides about clients, as {@link Admission.Builder#handshake}. By default
   * they may all connect, and requests for topics get 403.
   */
  public SignalServerBuilder handshake(HandshakeHook hook) {
    admission.handshake(hook);
    return this;
  }

  /**
   * Lets pages of these origins connect, besides those of the same host and port, which alone may
   * by default. {@link Admission.Builder#allowedOrigins} has the patterns, and what each risks.
   *
   * @param origins such as {@code https://example.com} or {@code https://*.example.org}
   * @throws IllegalArgumentException if one is no origin
   */
  public SignalServerBuilder allowedOrigins(String... origins) {
    admission.allowedOrigins(origins);
    return this;
  }

  /** Lets every page of the web connect: for public data only, or with tokens that no page has. */
  public SignalServerBuilder allowAnyOrigin() {
    admission.allowAnyOrigin();
    return this;
  }

  /**
   * Lets requests name these hosts, besides {@code localhost} and IP addresses. By default they may
   * name any host, unless the server is {@linkplain #bindAddress bound} to a loopback address. It
   * holds for WebSockets and for {@linkplain #context contexts}. {@link
   * Admission.Builder#allowedHosts} says what it protects from.
   *
   * @param hosts such as {@code example.com}, or {@code *.example.com} for all of its subdomains;
   *     without a port
   * @throws IllegalArgumentException if one is none of these
   */
  public SignalServerBuilder allowedHosts(String... hosts) {
    admission.allowedHosts(hosts);
    return this;
  }

  /** Lets requests name any host, also at a loopback address: for servers that trust nobody. */
  public SignalServerBuilder allowAnyHost() {
    admission.allowAnyHost();
    return this;
  }

  /**
   * Sets how long a client's message may be, 1 to 2^30 bytes; 1 MiB by default. A client that
   * announces a longer one is closed with 1009 before it is read.
   */
  public SignalServerBuilder maxMessageBytes(int bytes) {
    maxMessageBytes = bytes;
    return this;
  }

  /**
   * Sets how many bytes all clients together may have sent of messages that are not complete yet;
   * at least {@link #maxMessageBytes}, and 56 KiB more with {@link #compression}; by default a
   * quarter of what the JVM's heap may grow to, or twice the longest message if that is more. What
   * a message has inflated to counts, and what inflates it, 56 KiB; less than 4 KiB of a message
   * and what arrives at once do not. When there is no room for one more, the address whose clients
   * hold most pays: the client with its longest message is closed with 1013, which tells it to come
   * back later. Of IPv6 addresses the first 64 bits count. Clients of a trusted proxy count by the
   * address that it names.
   */
  public SignalServerBuilder maxUnfinishedBytes(long bytes) {
    maxUnfinishedBytes = OptionalLong.of(bytes);
    return this;
  }

  /**
   * Sets how fast the rest of a message must come, at least 1 byte a second; 1 KiB a second by
   * default, as sent, compressed or not. A client that is 10 seconds later than this allows is
   * closed with 1013. Time in which the server does not read from the client does not count.
   */
  public SignalServerBuilder minMessageBytesPerSecond(int bytes) {
    minMessageBytesPerSecond = bytes;
    return this;
  }

  /**
   * Sets of how many frames a client's message may consist, at least 1; 131,072 by default. A
   * client that goes on is closed with 1009.
   */
  public SignalServerBuilder maxFragments(int fragments) {
    maxFragments = fragments;
    return this;
  }

  /**
   * Sets whether messages are compressed (permessage-deflate, RFC 7692) for clients that offer it;
   * they are by default. Of what the server sends, each message is compressed once for all clients,
   * on an event loop; one of more than 64 KiB, which would keep that loop busy for long, elsewhere,
   * while the clients that want it compressed wait; while more than 16 such messages wait, further
   * ones are sent as they are. Of what a client sends, {@link #maxMessageBytes} counts inflated
   * bytes.
   */
  public SignalServerBuilder compression(boolean enabled) {
    compression = enabled;
    return this;
  }

  /**
   * Sets how much the server may keep of what its clients sent compressed, at least 0 bytes; by
   * default an eighth of what the JVM's heap may grow to. Most clients refer back to their earlier
   * messages. Such a client takes 32 KiB from its first compressed message until its connection
   * ends. All clients of an address may take three times what is left for others. While there is no
   * room for one more, new handshakes agree on no compression, except with clients that offer
   * {@code client_no_context_takeover}, which need no room. A client that agreed before, and whose
   * first compressed message finds no room, is closed with 1013 after that message was taken; it
   * can come back at once, without compression.
   */
  public SignalServerBuilder maxCompressionWindowBytes(long bytes) {
    maxCompressionWindowBytes = OptionalLong.of(bytes);
    return this;
  }

  /**
   * Sets from which length on messages are compressed, at least 0 bytes; 512 by default. Shorter
   * ones would cost more time than they save bytes.
   */
  public SignalServerBuilder compressionThreshold(int bytes) {
    compressionThreshold = bytes;
    return this;
  }

  /**
   * Sets how long a request's head may be, at least 2 bytes; 16 KiB by default. A single line may
   * have half of it, and there may be 100 header lines. Beyond: 431, or 414 in the first line. The
   * topics of a handshake are in the first line: by default it has room for 128 names of 19
   * characters, escapes counted in full, each with the id at which it is to start.
   */
  public SignalServerBuilder maxRequestHeadBytes(int bytes) {
    maxRequestHeadBytes = bytes;
    return this;
  }

  /**
   * Sets how long a request's body may be, at least 0 bytes; 1 MiB by default. Beyond: 413. Of a
   * body no more than 64 KiB, or {@link #bufferedRequestBytes} if that is more, are held in memory.
   */
  public SignalServerBuilder maxRequestBodyBytes(long bytes) {
    maxRequestBodyBytes = bytes;
    return this;
  }

  /**
   * Sets how fast a request's body must come, at least 1 byte a second; 1 KiB a second by default.
   * A client whose body was waited for 10 seconds longer than this allows gets 408. Time in which
   * the handler does not read does not count.
   */
  public SignalServerBuilder minRequestBodyBytesPerSecond(int bytes) {
    minBodyBytesPerSecond = bytes;
    return this;
  }

  /**
   * Sets how many requests may be in the application's hands at once, and how many handshakes
   * besides, at least 1; 1,024 of either by default. Beyond: 503 with {@code Retry-After}. A
   * request counts until its handler has returned, and not while another thread is to answer it.
   *
   * <p>One address may have three times as many as are left free, so a single one gets three
   * quarters of all, and others get through. The same holds for the threads of handlers and of
   * handshake hooks, for {@link #maxBufferedBytes} and for {@link #maxSlowPeers}. Of IPv6 addresses
   * the first 64 bits count, and behind a {@linkplain #trustedProxies trusted proxy} the clients
   * that it names. A proxy that is not trusted is one address.
   *
   * <p>A request for which there is no thread waits. It is refused with 503 after the {@linkplain
   * #handshakeTimeout handshake timeout}, or at once while another one of its address has waited
   * for a second. What is refused is a warning in the log once for each episode.
   */
  public SignalServerBuilder maxConcurrentExchanges(int exchanges) {
    maxConcurrentExchanges = exchanges;
    return this;
  }

  /**
   * Sets up to which length the body of a request is complete before its handler runs, 0 to 2^30
   * bytes; 64 KiB by default. A client that sends it slowly holds no thread. Of a longer body, this
   * much is received first, and the handler waits for the rest.
   *
   * <p>A client that sends {@code Expect: 100-continue} gets its handler at once, so that the
   * handler can refuse it by its head. With 0, every client does: for handlers that answer while a
   * client still sends.
   */
  public SignalServerBuilder bufferedRequestBytes(int bytes) {
    bufferedRequestBytes = bytes;
    return this;
  }

  /**
   * Sets how much of a response a handler can write without waiting for its client, 1 to 2^30
   * bytes; 256 KiB by default. The handler of a shorter response does not wait, however slowly its
   * client reads.
   */
  public SignalServerBuilder bufferedResponseBytes(int bytes) {
    bufferedResponseBytes = bytes;
    return this;
  }

  /**
   * Sets how many bytes of requests and responses the server holds in all, at least what two
   * exchanges take (640 KiB by default); by default an eighth of what the JVM's heap may grow to.
   * An address that has its share gets 503 with {@code Retry-After}. A response that has begun then
   * waits for its client earlier.
   */
  public SignalServerBuilder maxBufferedBytes(long bytes) {
    maxBufferedBytes = OptionalLong.of(bytes);
    return this;
  }

  /**
   * Sets for how many slow clients handlers may wait at once, at least 1; a third of the handlers'
   * threads by default, which are 128 before Java 24, and a third of {@link
   * #maxConcurrentExchanges} from then on. With a {@link #handlerExecutor} other than a {@code
   * ThreadPoolExecutor}, whose threads are not known, 16.
   *
   * <p>A client is slow once its handler has waited a second longer for it than its bytes take at
   * 64 KiB a second, or a quarter of a second while all threads are busy, until it has caught up.
   * One too many is answered with 503 and {@code Retry-After} while it sends, and reset while it
   * reads. A request with a body beyond {@link #bufferedRequestBytes} of an address that has its
   * share gets 503 before its handler runs.
   */
  public SignalServerBuilder maxSlowPeers(int peers) {
    maxSlowPeers = OptionalInt.of(peers);
    return this;
  }

  /**
   * Sets how many connections there may be at once, WebSockets and HTTP together, at least 1;
   * 100,000 by default. One more is accepted and closed at once, before anything is read or
   * written.
   */
  public SignalServerBuilder maxConnections(int connections) {
    maxConnections = connections;
    return this;
  }

  /**
   * Sets how many connections one address may have at once, at least 1. By default an address may
   * have three times what is left for others: one alone three quarters of {@link #maxConnections}.
   * Of IPv6 addresses the first 64 bits count. One more is closed as with {@link #maxConnections}.
   * Connections of {@linkplain #trustedProxies trusted proxies} do not count; the WebSockets of
   * each client that they name do, and one more is refused with 429.
   */
  public SignalServerBuilder maxConnectionsPerAddress(int connections) {
    maxConnectionsPerAddress = OptionalInt.of(connections);
    return this;
  }

  /**
   * Sets the proxies that are believed about their clients, as {@link
   * Admission.Builder#trustedProxies}; none by default. The address that they name counts for
   * {@link HandshakeRequest#remoteAddress}, {@code HttpExchange.getRemoteAddress} and {@link
   * #maxConnectionsPerAddress}. See {@link #proxyField}.
   *
   * @param addresses such as {@code 127.0.0.1}, {@code 10.0.0.0/8} or {@code fd00::/8}
   * @throws IllegalArgumentException if one is no address or range; host names are not
   */
  public SignalServerBuilder trustedProxies(String... addresses) {
    admission.trustedProxies(addresses);
    return this;
  }

  /**
   * Sets which field the {@linkplain #trustedProxies trusted proxies} write, as {@link
   * Admission.Builder#proxyField}. By default whichever is there is believed. If both are there and
   * name different clients, neither is: all such clients of a proxy then count as one address for
   * {@link #maxConnectionsPerAddress}.
   *
   * @param field {@code X-Forwarded-For} (with {@code -Proto}, {@code -Host} and {@code -Port}) or
   *     {@code Forwarded}, in any case
   * @throws IllegalArgumentException if it is neither
   */
  public SignalServerBuilder proxyField(String field) {
    admission.proxyField(field);
    return this;
  }

  /**
   * Sets how many event loops there are, each with a thread of its own, 1 to 1,024; one per
   * processor by default.
   */
  public SignalServerBuilder loops(int loops) {
    this.loops = loops;
    return this;
  }

  /**
   * Sets where HTTP handlers and filters run; it is not shut down with the server. By default a
   * virtual thread for each (Java 24 and later), or a pool of 128 daemon threads. The threads of a
   * {@code ThreadPoolExecutor}, as many as it has when the server starts, are shared among
   * addresses as the server's own are; a thread that has done its task may get the next one
   * directly.
   *
   * <p>An executor that runs tasks in its caller runs them on an event loop, and delays all others
   * there. A handler that would have to wait for its client then fails instead.
   */
  public SignalServerBuilder handlerExecutor(Executor executor) {
    handlerExecutor = Optional.of(executor);
    return this;
  }

  /**
   * Sets where the handshake hook runs; it is not shut down with the server. By default a virtual
   * thread for each (Java 24 and later), or a pool of 64 daemon threads, which handlers never use.
   */
  public SignalServerBuilder handshakeExecutor(Executor executor) {
    handshakeExecutor = Optional.of(executor);
    return this;
  }

  /**
   * Sets how long a client may take from its connection to the end of its request's head, and the
   * handshake hook for its decision; 10 seconds by default. A head that is not complete by then is
   * answered with 408; a hook that is too slow, or a client that sent nothing, is cut.
   */
  public SignalServerBuilder handshakeTimeout(Duration timeout) {
    handshakeTimeout = requireNonNull(timeout, "timeout");
    return this;
  }

  /**
   * Sets how long a connection may wait for its next HTTP request; 75 seconds by default. Then it
   * is closed. A proxy that sends a request at that moment gets no answer, and reports 502. So this
   * should be longer than the proxy keeps idle connections: nginx and Varnish do for 60 seconds.
   */
  public SignalServerBuilder keepAliveTimeout(Duration timeout) {
    keepAliveTimeout = requireNonNull(timeout, "timeout");
    return this;
  }

  /**
   * Sets for how long an exchange may stand still before it is complete; 5 minutes by default. It
   * stands still while no byte of its request and none of its response moves. So a slow upload, a
   * slow reader and a stream of events may take as long as they like. A handler that computes for
   * longer, and an exchange that the application forgot, are ended: with 503 and {@code Connection:
   * close} if nothing was sent, otherwise with a reset. That is a warning in the log. Later uses of
   * the exchange throw an {@code IOException}. The handler's thread is not interrupted.
   */
  public SignalServerBuilder exchangeTimeout(Duration timeout) {
    exchangeTimeout = requireNonNull(timeout, "timeout");
    return this;
  }

  /**
   * Sets after how much silence a WebSocket client is sent a ping; 25 seconds by default, which is
   * less than most proxies wait.
   */
  public SignalServerBuilder pingInterval(Duration interval) {
    pingInterval = requireNonNull(interval, "interval");
    return this;
  }

  /**
   * Sets how long a client may take to answer a ping, with anything; 20 seconds by default. Then it
   * is cut. The time begins when its system last took bytes that were sent to it. While the
   * application reads too slowly, its clients are not to blame and time stands still.
   */
  public SignalServerBuilder pongTimeout(Duration timeout) {
    pongTimeout = requireNonNull(timeout, "timeout");
    return this;
  }

  /**
   * Sets how much the system holds of what one client is sent and has not taken yet (SO_SNDBUF), 4
   * KiB to 16 MiB; 128 KiB by default. More makes one client on a long and fast path faster: it
   * gets about twice this in each round trip. Less saves memory of the system, and fewer messages
   * are out of the hub's reach when a client becomes slow. Linux takes up to twice this for each
   * client, and sets no more than {@code net.core.wmem_max}.
   */
  public SignalServerBuilder sendBufferBytes(int bytes) {
    sendBufferBytes = bytes;
    return this;
  }

  /**
   * Sets for how long a client may take nothing of what is to be sent; 30 seconds by default. Then
   * it is cut. A client that reads slowly is not cut: its system has to take 4 KiB in this time.
   * The time is precise to an eighth. Systems other than Linux say less about what a client took:
   * there the client has to make room in a full send buffer.
   */
  public SignalServerBuilder writeTimeout(Duration timeout) {
    writeTimeout = requireNonNull(timeout, "timeout");
    return this;
  }

  /**
   * Sets how long a client may take to answer a close frame, from when its system has taken the
   * frame; 5 seconds by default. Then the connection is cut.
   */
  public SignalServerBuilder closeTimeout(Duration timeout) {
    closeTimeout = requireNonNull(timeout, "timeout");
    return this;
  }

  /**
   * Starts the server.
   *
   * @throws IOException if the port is in use or may not be used; nothing is left open
   * @throws IllegalArgumentException if an option is out of its range, or two contexts have the
   *     same path
   * @throws IllegalStateException if the hub is closed
   */
  public SignalServer start() throws IOException {
    return SignalServer.start(registrar, freeze());
  }

  ServerOptions freeze() {
    InetSocketAddress address =
        bindAddress
            .map(bound -> new InetSocketAddress(bound, port))
            .orElseGet(() -> new InetSocketAddress(port));
    TransportOptions transport =
        new TransportOptions(
            address,
            tls,
            loops,
            new PeerLimits(maxConnections, maxConnectionsPerAddress),
            new SocketOptions(writeTimeout, sendBufferBytes),
            httpOptions(address),
            linkOptions());
    return new ServerOptions(transport, contexts, handlerExecutor, handshakeExecutor);
  }

  private HttpOptions httpOptions(InetSocketAddress address) {
    int maxLineBytes = maxRequestHeadBytes / 2;
    return new HttpOptions(
        paths,
        admission.bindAddress(address.getAddress()).build(),
        new HttpLimits(
            maxLineBytes, maxLineBytes, maxRequestHeadBytes, MAX_FIELDS, maxRequestBodyBytes),
        new HandlerLimits(
            maxConcurrentExchanges,
            bufferedRequestBytes,
            bufferedResponseBytes,
            maxBufferedBytes.orElseGet(
                () ->
                    HandlerLimits.bufferedBytesOfHeap(bufferedRequestBytes, bufferedResponseBytes)),
            maxSlowPeers),
        minBodyBytesPerSecond,
        new HttpOptions.Timeouts(handshakeTimeout, keepAliveTimeout, exchangeTimeout));
  }

  private LinkOptions linkOptions() {
    long heap = Runtime.getRuntime().maxMemory();
    return new LinkOptions(
        new WebSocketLimits(maxMessageBytes, maxFragments),
        new LinkTimeouts(pingInterval, pongTimeout, Duration.ZERO, closeTimeout),
        minMessageBytesPerSecond,
        maxUnfinishedBytes.orElse(Math.max(heap / 4, 2L * maxMessageBytes)),
        compression ? OptionalInt.of(compressionThreshold) : OptionalInt.empty(),
        maxCompressionWindowBytes.orElse(heap / 8));
  }
}
