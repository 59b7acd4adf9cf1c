package io.github.signalhub.jdkserver;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.admission.Admission;
import io.github.signalhub.admission.ConnectRequest;
import io.github.signalhub.admission.HandshakeHook;
import io.github.signalhub.internal.settings.Setting;
import io.github.signalhub.jdkserver.internal.capacity.HandlerLimits;
import io.github.signalhub.jdkserver.internal.capacity.PeerLimits;
import io.github.signalhub.jdkserver.internal.capacity.ServerThreads;
import io.github.signalhub.jdkserver.internal.certificates.CertificateFiles;
import io.github.signalhub.jdkserver.internal.certificates.CertificateFiles.ClientCertificates;
import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
import io.github.signalhub.jdkserver.internal.http.HttpLimits;
import io.github.signalhub.jdkserver.internal.httpconnection.HttpOptions;
import io.github.signalhub.jdkserver.internal.link.LinkOptions;
import io.github.signalhub.jdkserver.internal.server.NioTransport;
import io.github.signalhub.jdkserver.internal.server.TransportOptions;
import io.github.signalhub.jdkserver.internal.socket.SocketOptions;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import io.github.signalhub.spi.LinkTimeouts;
import io.github.signalhub.spi.Registrar;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
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
 * Collects the options of a {@link SignalServer}. Each has a default. A setter refuses a value
 * outside its range with an {@link IllegalArgumentException}, which names the setting, the range
 * and the value. {@link #start} checks what concerns several settings. Timeouts are 1 ms to a day,
 * and precise to about 50 ms. Not thread-safe.
 *
 * <p>How long a client's message may be is a setting of the hub: {@link
 * io.github.signalhub.HubBuilder#maxClientMessageBytes}. A server of a registrar that is no hub
 * follows {@link Registrar#maxClientMessageBytes}.
 */
public final class SignalServerBuilder {
  private static final int MAX_FIELDS = 100;
  private static final int MAX_LOOPS = 1024;
  private static final int LARGEST_BYTES = 1 << 30; // well below the longest array

  private final Registrar registrar;
  private final Admission.Builder admission = Admission.builder();
  private final List<Consumer<HubHttpServer>> contexts = new ArrayList<>();
  private Optional<InetAddress> bindAddress = Optional.empty();
  private int port = 8080;
  private Set<String> paths = Set.of("/ws");
  private Optional<SSLContext> tls = Optional.empty();
  private Path chainPem; // null without files, as is keyPem
  private Path keyPem;
  private Optional<ClientCertificates> clientCertificates = Optional.empty();
  private Duration certificateInterval = CertificateFiles.CHECK_INTERVAL;
  private OptionalLong maxUnfinishedBytes = OptionalLong.empty();
  private int maxFragments = WebSocketLimits.DEFAULT.maxFragments();
  private boolean compression = true;
  private OptionalLong maxCompressionWindowBytes = OptionalLong.empty();
  private int compressionThresholdBytes = PermessageDeflate.DEFAULT_THRESHOLD_BYTES;
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
  private boolean proxyProtocol;
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
    this.registrar = requireNonNull(registrar, "registrar");
  }

  /** Sets the port, 0 to 65535; 8080 by default. With 0, the system picks a free one. */
  public SignalServerBuilder port(int port) {
    this.port = Setting.within("port", 0, 0xFFFF, port);
    return this;
  }

  /** Sets the address to listen on; all interfaces by default. */
  public SignalServerBuilder bindAddress(InetAddress address) {
    bindAddress = Optional.of(requireNonNull(address, "bindAddress"));
    return this;
  }

  /**
   * Sets the path of the WebSocket; {@code /ws} by default. It is compared exactly with the decoded
   * path of a request. A request for it that is no handshake is answered with 426, unless there is
   * a {@link #context} of exactly this path. A shorthand for {@link #paths} with one path.
   *
   * @throws IllegalArgumentException if it does not begin with a slash
   */
  public SignalServerBuilder path(String path) {
    return paths(requireNonNull(path, "path"));
  }

  /**
   * Sets several paths of the WebSocket, at least one, in place of {@link #path}. The {@linkplain
   * ConnectRequest#path handshake hook} sees which one a client used, and so does {@code
   * Client.path}.
   *
   * @throws IllegalArgumentException if there is none, or one does not begin with a slash
   */
  public SignalServerBuilder paths(String... paths) {
    Set<String> all = Set.copyOf(Setting.all("paths", paths));
    if (all.isEmpty()) {
      throw new IllegalArgumentException("expected paths of at least 1, was none");
    }
    all.forEach(SignalServerBuilder::requirePath);
    this.paths = all;
    return this;
  }

  /**
   * Encrypts all connections (TLS), so that clients connect to {@code wss:} and {@code https:}. By
   * default connections are not encrypted. The context decides about versions and ciphers.
   *
   * <p>Handshakes are computed on threads of their own, as many as there are processors, and at
   * least two. Addresses take turns there. A handshake has to end within the {@linkplain
   * #handshakeTimeout handshake timeout}. A second handshake on a connection (TLS 1.2) is refused.
   * Bytes that are no TLS end the connection. A client that names protocols (ALPN) has to name
   * {@code http/1.1}.
   *
   * <p>In place of {@link #tls(Path, Path)}, for versions, ciphers and stores of your own.
   *
   * @param context with the server's key and certificate
   */
  public SignalServerBuilder tls(SSLContext context) {
    tls = Optional.of(requireNonNull(context, "tls"));
    chainPem = null;
    keyPem = null;
    return this;
  }

  /**
   * Encrypts all connections as {@link #tls(SSLContext)} does, with a certificate and a key in PEM
   * files (RFC 7468). The JDK decides about versions and ciphers.
   *
   * <p>{@link #start} reads the files. While the server runs, it looks every 10 seconds whether
   * they have changed. A change that it sees twice is used for new connections. Earlier connections
   * go on as they are. Files that cannot be used together change nothing, and are a warning in the
   * log. Replace both files, in any order. Symbolic links are followed each time.
   *
   * <p>Warnings begin 14 days before one of the certificates ends, and come once a day.
   * Certificates are valid by the clock of the registrar ({@link Registrar#now}).
   *
   * <p>Each file is an ordinary one of at most 1 MiB. Text between its blocks is ignored. Both
   * arguments may be the same file.
   *
   * @param chainPem the server's certificate, then that of its issuer, and so on (RFC 8446 §4.4.2).
   *     The root may be left out
   * @param keyPem one private key without a password: {@code PRIVATE KEY} (PKCS #8, RFC 5958),
   *     {@code RSA PRIVATE KEY} (RFC 8017 §A.1.2) or {@code EC PRIVATE KEY} (RFC 5915). Its
   *     algorithm is RSA, RSASSA-PSS, EC, Ed25519 or Ed448
   */
  public SignalServerBuilder tls(Path chainPem, Path keyPem) {
    this.chainPem = requireNonNull(chainPem, "chainPem");
    this.keyPem = requireNonNull(keyPem, "keyPem");
    tls = Optional.empty();
    return this;
  }

  /**
   * Asks clients for a certificate, and lets those without one connect, too. By default, clients
   * are not asked. The {@linkplain ConnectRequest#principal handshake hook} sees the subject of the
   * certificate. A handler sees it in the session of its {@code HttpsExchange}. A client whose
   * certificate does not lead to one of the issuers gets no connection. The server does not ask
   * whether a certificate was revoked.
   *
   * <p>Needs {@link #tls(Path, Path)}. The file is read again as those are. Then clients cannot
   * resume earlier sessions of TLS, and show their certificates again.
   *
   * @param issuersPem certificates of those who issue the clients' certificates, in any order
   */
  public SignalServerBuilder wantClientCertificates(Path issuersPem) {
    return clientCertificates(issuersPem, false);
  }

  /**
   * Asks clients for a certificate as {@link #wantClientCertificates} does. A client without one
   * gets no connection. This holds for handlers, too, and so for health checks.
   *
   * @param issuersPem certificates of those who issue the clients' certificates, in any order
   */
  public SignalServerBuilder requireClientCertificates(Path issuersPem) {
    return clientCertificates(issuersPem, true);
  }

  /** Sets the time between two looks at the files of certificates, for tests. */
  SignalServerBuilder certificateInterval(Duration interval) {
    certificateInterval = interval;
    return this;
  }

  private SignalServerBuilder clientCertificates(Path issuersPem, boolean required) {
    clientCertificates =
        Optional.of(new ClientCertificates(requireNonNull(issuersPem, "issuersPem"), required));
    return this;
  }

  /**
   * Adds a handler for requests that are no WebSocket handshakes; there is none by default. It
   * serves the paths that begin with {@code path}, unless another context has a longer path. A path
   * without a context is answered with 404, and so is every path that begins with two slashes.
   * {@code OPTIONS *} goes to the context of {@code /}.
   *
   * <p>An exchange ends when its response is complete. Any thread may complete it: by closing the
   * response's body or the exchange, or by {@code sendResponseHeaders(status, -1)}. So a handler
   * may return first, and another thread may answer. The handler's thread and its place among the
   * {@linkplain #maxConcurrentExchanges concurrent exchanges} are free when it returns. After that,
   * a response of known length is also complete with its last byte.
   *
   * <p>There is exactly one response, whichever threads race for it. If a filter or a handler
   * throws, the exchange ends, even if another thread was to answer. It ends with 500 if nothing
   * was sent, and otherwise with a reset of the connection. An incomplete response never looks
   * complete. It is a warning in the log, and so is a handler that throws. An exchange that no
   * thread ends is ended after {@link #exchangeTimeout}.
   *
   * @param path begins with {@code /}; there may be one context for each path
   * @param filters run before the handler, in this order
   * @see SignalServer#context(String, HttpHandler, Filter...)
   */
  public SignalServerBuilder context(String path, HttpHandler handler, Filter... filters) {
    List<Filter> all = Setting.all("filters", filters);
    return context(path, handler, context -> context.getFilters().addAll(all));
  }

  /**
   * Adds a handler as the other method does. Its context can have attributes, filters and an
   * authenticator. As on the JDK's server, the filters run first, then the authenticator, then the
   * handler.
   *
   * @param setUp is called once, by {@link #start}, before the first request
   */
  public SignalServerBuilder context(
      String path, HttpHandler handler, Consumer<? super HttpContext> setUp) {
    requirePath(path);
    requireNonNull(handler, "handler");
    requireNonNull(setUp, "setUp");
    contexts.add(http -> http.createContext(path, handler, setUp));
    return this;
  }

  /**
   * Sets the hook that decides about clients, as {@link Admission.Builder#handshake}. By default
   * all clients may connect, and requests for topics get 403.
   */
  public SignalServerBuilder handshake(HandshakeHook hook) {
    admission.handshake(hook);
    return this;
  }

  /**
   * Sets the header lines of its handshake that a connected client keeps, as {@link
   * Admission.Builder#keptHeaders}; none by default. Path, query and these lines may have 4,096
   * characters, and each line counts 32 more. A handshake with more is answered with 431.
   *
   * @throws IllegalArgumentException if one is no name of a header
   */
  public SignalServerBuilder keptHeaders(String... names) {
    admission.keptHeaders(names);
    return this;
  }

  /**
   * Sets the parameters of the query that only the {@linkplain #handshake hook} sees, such as a
   * token, as {@link Admission.Builder#secretParameters}; none by default.
   */
  public SignalServerBuilder secretParameters(String... names) {
    admission.secretParameters(names);
    return this;
  }

  /**
   * Lets pages of these origins connect, as {@link Admission.Builder#allowedOrigins}. By default
   * only pages of the same host and port may.
   *
   * @throws IllegalArgumentException if one is no origin
   */
  public SignalServerBuilder allowedOrigins(String... origins) {
    admission.allowedOrigins(origins);
    return this;
  }

  /** Lets every page of the web connect, as {@link Admission.Builder#allowAnyOrigin}. */
  public SignalServerBuilder allowAnyOrigin() {
    admission.allowAnyOrigin();
    return this;
  }

  /**
   * Lets requests name these hosts, as {@link Admission.Builder#allowedHosts}. By default they may
   * name any host, unless the server is {@linkplain #bindAddress bound} to a loopback address. This
   * holds for WebSockets and for {@linkplain #context contexts}.
   *
   * @throws IllegalArgumentException if one is no host name
   */
  public SignalServerBuilder allowedHosts(String... hosts) {
    admission.allowedHosts(hosts);
    return this;
  }

  /** Lets requests name any host, as {@link Admission.Builder#allowAnyHost}. */
  public SignalServerBuilder allowAnyHost() {
    admission.allowAnyHost();
    return this;
  }

  /**
   * Sets how many bytes of incomplete messages the server holds for all clients together. The least
   * value is the longest message that the hub allows, and 56 KiB more with {@link #compression}.
   * The default is a quarter of the largest heap of the JVM, or twice the longest message if that
   * is more.
   *
   * <p>Inflated bytes count, and so do the 56 KiB that inflate a message. The first 4 KiB of a
   * message do not count, nor does a message that arrives at once. If there is no room, the address
   * whose clients hold most pays: its client with the longest message is closed with 1013, so that
   * it comes back later. Of IPv6 addresses the first 64 bits count. Clients of a trusted proxy
   * count by the address that it names.
   */
  public SignalServerBuilder maxUnfinishedBytes(long bytes) {
    maxUnfinishedBytes = OptionalLong.of(Setting.atLeast("maxUnfinishedBytes", 1, bytes));
    return this;
  }

  /**
   * Sets how fast the rest of a message must come, at least 1 byte a second; 1 KiB a second by
   * default. Bytes count as they were sent, compressed or not. A client that is 10 seconds later
   * than this allows is closed with 1013. Time in which the server does not read from the client
   * does not count.
   */
  public SignalServerBuilder minMessageBytesPerSecond(int bytes) {
    minMessageBytesPerSecond = Setting.atLeast("minMessageBytesPerSecond", 1, bytes);
    return this;
  }

  /**
   * Sets how many frames a client's message may have, at least 1; 131,072 by default. A client that
   * sends more is closed with 1009.
   */
  public SignalServerBuilder maxFragments(int fragments) {
    maxFragments = Setting.atLeast("maxFragments", 1, fragments);
    return this;
  }

  /**
   * Sets whether messages are compressed (permessage-deflate, RFC 7692) for clients that offer it;
   * they are by default. Of what the server sends, each message is compressed once for all clients,
   * on an event loop; one of more than 64 KiB, which would keep that loop busy for long, elsewhere,
   * while the clients that want it compressed wait; while more than 16 such messages wait, further
   * ones are sent as they are. Of what a client sends, the limit of a message counts inflated
   * bytes.
   */
  public SignalServerBuilder compression(boolean enabled) {
    compression = enabled;
    return this;
  }

  /**
   * Sets how much the server may keep of what its clients sent compressed, at least 0 bytes. The
   * default is an eighth of the largest heap of the JVM. Most clients refer back to their earlier
   * messages. Such a client takes 32 KiB from its first compressed message until its connection
   * ends. All clients of an address may take three times what is left for others.
   *
   * <p>While there is no room for one more client, new handshakes agree on no compression. The
   * exception is a client that offers {@code client_no_context_takeover}, because it needs no room.
   * If the first compressed message of a client finds no room, the message is still taken. Then the
   * client is closed with 1013. It can come back at once, without compression.
   */
  public SignalServerBuilder maxCompressionWindowBytes(long bytes) {
    maxCompressionWindowBytes =
        OptionalLong.of(Setting.atLeast("maxCompressionWindowBytes", 0, bytes));
    return this;
  }

  /**
   * Sets from which length on messages are compressed, at least 0 bytes; 512 by default. Shorter
   * messages would cost more time than they save bytes.
   */
  public SignalServerBuilder compressionThresholdBytes(int bytes) {
    compressionThresholdBytes = Setting.atLeast("compressionThresholdBytes", 0, bytes);
    return this;
  }

  /**
   * Sets how long the head of a request may be, at least 2 bytes; 16 KiB by default. A single line
   * may have half of it, and there may be 100 header lines. Longer heads get 431, and longer first
   * lines get 414. The topics of a handshake are in the first line. By default it has room for 128
   * names of 19 characters, each with its id. Escapes count in full.
   */
  public SignalServerBuilder maxRequestHeadBytes(int bytes) {
    maxRequestHeadBytes = Setting.atLeast("maxRequestHeadBytes", 2, bytes);
    return this;
  }

  /**
   * Sets how long the body of a request may be, at least 0 bytes; 1 MiB by default. Longer bodies
   * get 413. Of a body, at most 64 KiB are in memory at once, or {@link #bufferedRequestBytes} if
   * that is more.
   */
  public SignalServerBuilder maxRequestBodyBytes(long bytes) {
    maxRequestBodyBytes = Setting.atLeast("maxRequestBodyBytes", 0, bytes);
    return this;
  }

  /**
   * Sets how fast the body of a request must come, at least 1 byte a second; 1 KiB a second by
   * default. A client that is 10 seconds later than this allows gets 408. Time in which the handler
   * does not read does not count.
   */
  public SignalServerBuilder minRequestBodyBytesPerSecond(int bytes) {
    minBodyBytesPerSecond = Setting.atLeast("minRequestBodyBytesPerSecond", 1, bytes);
    return this;
  }

  /**
   * Sets how many requests the application may have at once, and how many handshakes besides, at
   * least 1; 1,024 of either by default. More are refused with 503 and {@code Retry-After}. A
   * request counts until its handler has returned. It does not count while another thread is to
   * answer it.
   *
   * <p>One address may have three times as many as are left free. So a single address gets three
   * quarters of all, and others get through. The same holds for the threads of handlers and of
   * handshake hooks, for {@link #maxBufferedBytes} and for {@link #maxSlowPeers}. Of IPv6 addresses
   * the first 64 bits count. The clients of a {@linkplain #trustedProxies trusted proxy} count by
   * the addresses that it names. A proxy that is not trusted is one address.
   *
   * <p>A request for which there is no thread waits. It is refused with 503 after the {@linkplain
   * #handshakeTimeout handshake timeout}. It is refused at once if another request of its address
   * has waited for a second. Refusals are a warning in the log, once for each episode.
   */
  public SignalServerBuilder maxConcurrentExchanges(int exchanges) {
    maxConcurrentExchanges = Setting.atLeast("maxConcurrentExchanges", 1, exchanges);
    return this;
  }

  /**
   * Sets up to which length the body of a request is complete before its handler runs, 0 to 2^30
   * bytes; 64 KiB by default. So a client that sends such a body slowly holds no thread. If the
   * body is longer, this much is received first, and the handler waits for the rest.
   *
   * <p>A client that sends {@code Expect: 100-continue} gets its handler at once, so that the
   * handler can refuse it by its head. With 0, every client does. That is for handlers that answer
   * while a client still sends.
   */
  public SignalServerBuilder bufferedRequestBytes(int bytes) {
    bufferedRequestBytes = Setting.within("bufferedRequestBytes", 0, LARGEST_BYTES, bytes);
    return this;
  }

  /**
   * Sets how much of a response a handler can write without waiting for its client, 1 to 2^30
   * bytes; 256 KiB by default. The handler of a shorter response never waits, however slowly its
   * client reads.
   */
  public SignalServerBuilder bufferedResponseBytes(int bytes) {
    bufferedResponseBytes = Setting.within("bufferedResponseBytes", 1, LARGEST_BYTES, bytes);
    return this;
  }

  /**
   * Sets how many bytes of requests and responses the server holds in all. The least value is what
   * two exchanges take, 640 KiB by default. The default is an eighth of the largest heap of the
   * JVM. An address that has its share gets 503 with {@code Retry-After}. A response that has begun
   * then waits for its client earlier.
   */
  public SignalServerBuilder maxBufferedBytes(long bytes) {
    maxBufferedBytes = OptionalLong.of(Setting.atLeast("maxBufferedBytes", 1, bytes));
    return this;
  }

  /**
   * Sets for how many slow clients handlers may wait at once, at least 1. The default is a third of
   * the handlers' threads, which are 128 before Java 24. From Java 24 on it is a third of {@link
   * #maxConcurrentExchanges}. With a {@link #handlerExecutor} whose threads are not known, because
   * it is no {@code ThreadPoolExecutor}, it is 16.
   *
   * <p>A client is slow once its handler has waited for it a second longer than its bytes take at
   * 64 KiB a second. While all threads are busy, a quarter of a second is enough. The client is
   * slow until it has caught up. If there is one slow client too many, it gets 503 and {@code
   * Retry-After} while it sends, and a reset while it reads. An address that has its share gets 503
   * for a request with a body beyond {@link #bufferedRequestBytes}, before the handler runs.
   */
  public SignalServerBuilder maxSlowPeers(int peers) {
    maxSlowPeers = OptionalInt.of(Setting.atLeast("maxSlowPeers", 1, peers));
    return this;
  }

  /**
   * Sets how many connections there may be at once, WebSockets and HTTP together, at least 1;
   * 100,000 by default. One more is accepted and closed at once, before anything is read or
   * written.
   */
  public SignalServerBuilder maxConnections(int connections) {
    maxConnections = Setting.atLeast("maxConnections", 1, connections);
    return this;
  }

  /**
   * Sets how many connections one address may have at once, at least 1. By default an address may
   * have three times what is left for others. So one address alone may have three quarters of
   * {@link #maxConnections}. Of IPv6 addresses the first 64 bits count. One more is closed as with
   * {@link #maxConnections}. Connections of {@linkplain #trustedProxies trusted proxies} do not
   * count. The WebSockets of each client that they name do, and one more is refused with 429.
   */
  public SignalServerBuilder maxConnectionsPerAddress(int connections) {
    maxConnectionsPerAddress =
        OptionalInt.of(Setting.atLeast("maxConnectionsPerAddress", 1, connections));
    return this;
  }

  /**
   * Sets the proxies that are believed about their clients, as {@link
   * Admission.Builder#trustedProxies}; none by default. The address that they name counts for
   * {@link ConnectRequest#remoteAddress}, {@code HttpExchange.getRemoteAddress} and {@link
   * #maxConnectionsPerAddress}.
   *
   * @throws IllegalArgumentException if one is no address or range; a host name is neither
   */
  public SignalServerBuilder trustedProxies(String... addresses) {
    admission.trustedProxies(addresses);
    return this;
  }

  /**
   * Sets whether the {@linkplain #trustedProxies trusted proxies} begin each connection with
   * version 2 of HAProxy's <a
   * href="https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt">PROXY protocol</a>, also in
   * front of TLS; {@code false} by default. Proxies that pass on bytes say in this way who their
   * client is. The client counts as if it were connected itself. Its {@code X-Forwarded-For} is
   * believed only if its address is that of a trusted proxy, too.
   *
   * <p>If a trusted proxy begins otherwise, its connection is closed. The same goes for a header of
   * more than 4,096 bytes. Others must not send a header, and get 400. The proxy's own connections
   * (command {@code LOCAL}) keep its address. If the proxy says that its client uses TLS, this
   * server may be asked for resources of {@code https}. Other extensions are ignored, but a
   * checksum must be right.
   */
  public SignalServerBuilder proxyProtocol(boolean enabled) {
    proxyProtocol = enabled;
    return this;
  }

  /**
   * Sets the field that the {@linkplain #trustedProxies trusted proxies} write, as {@link
   * Admission.Builder#proxyHeader}. By default either field is believed. If both are there and name
   * different clients, neither is. Then all such clients of a proxy count as one address for {@link
   * #maxConnectionsPerAddress}.
   *
   * @throws IllegalArgumentException if there is no such field
   */
  public SignalServerBuilder proxyHeader(String field) {
    admission.proxyHeader(field);
    return this;
  }

  /**
   * Sets how many event loops there are, each with a thread of its own, 1 to 1,024; one per
   * processor by default.
   */
  public SignalServerBuilder loops(int loops) {
    this.loops = Setting.within("loops", 1, MAX_LOOPS, loops);
    return this;
  }

  /**
   * Sets the executor of HTTP handlers and filters. It is not shut down with the server. By default
   * each runs on a virtual thread (Java 24 and later), or on a pool of 128 daemon threads.
   * Addresses share the threads of a {@code ThreadPoolExecutor}, as many as it has when the server
   * starts. A thread that has done its task may get the next one directly.
   *
   * <p>An executor may run tasks in its caller. Then they run on an event loop, and delay all its
   * other connections. A handler that would have to wait for its client then fails instead.
   */
  public SignalServerBuilder handlerExecutor(Executor executor) {
    handlerExecutor = Optional.of(requireNonNull(executor, "handlerExecutor"));
    return this;
  }

  /**
   * Sets the executor of the handshake hook. It is not shut down with the server. By default each
   * call runs on a virtual thread (Java 24 and later), or on a pool of 64 daemon threads, which
   * handlers never use.
   */
  public SignalServerBuilder handshakeExecutor(Executor executor) {
    handshakeExecutor = Optional.of(requireNonNull(executor, "handshakeExecutor"));
    return this;
  }

  /**
   * Sets how long a client may take from its connection to the end of its request's head, and how
   * long the handshake hook may take; 10 seconds by default. An incomplete head is then answered
   * with 408. If the hook is too slow, or the client sent nothing, the connection is cut.
   */
  public SignalServerBuilder handshakeTimeout(Duration timeout) {
    handshakeTimeout = timeout("handshakeTimeout", timeout);
    return this;
  }

  /**
   * Sets how long a connection may wait for its next HTTP request; 75 seconds by default. Then it
   * is closed. A proxy that sends a request at that moment gets no answer, and reports 502. So this
   * should be longer than the proxy keeps idle connections. nginx and Varnish keep them for 60
   * seconds.
   */
  public SignalServerBuilder keepAliveTimeout(Duration timeout) {
    keepAliveTimeout = timeout("keepAliveTimeout", timeout);
    return this;
  }

  /**
   * Sets how long an incomplete exchange may stand still; 5 minutes by default. It stands still
   * while no byte of its request or its response moves. So a slow upload, a slow reader and a
   * stream of events may take as long as they like. A handler that computes for longer, and an
   * exchange that the application forgot, are ended. They end with 503 and {@code Connection:
   * close} if nothing was sent, and otherwise with a reset. That is a warning in the log. Later
   * uses of the exchange throw an {@code IOException}. The thread of the handler is not
   * interrupted.
   */
  public SignalServerBuilder exchangeTimeout(Duration timeout) {
    exchangeTimeout = timeout("exchangeTimeout", timeout);
    return this;
  }

  /**
   * Sets after how much silence a WebSocket client is sent a ping; 25 seconds by default, which is
   * less than most proxies wait.
   */
  public SignalServerBuilder pingInterval(Duration interval) {
    pingInterval = timeout("pingInterval", interval);
    return this;
  }

  /**
   * Sets how long a client may take to answer a ping with anything; 20 seconds by default. Then it
   * is cut. The time begins when its system last took bytes that were sent to it. It stands still
   * while the application reads too slowly, because that is no fault of the client.
   */
  public SignalServerBuilder pongTimeout(Duration timeout) {
    pongTimeout = timeout("pongTimeout", timeout);
    return this;
  }

  /**
   * Sets how much the system holds of what one client is sent and has not taken yet (SO_SNDBUF), 4
   * KiB to 16 MiB; 128 KiB by default. A larger buffer makes one client on a long and fast path
   * faster: it gets about twice this in each round trip. A smaller one saves memory of the system.
   * It also leaves fewer messages out of the hub's reach when a client becomes slow. Linux takes up
   * to twice this for each client, and sets no more than {@code net.core.wmem_max}.
   */
  public SignalServerBuilder sendBufferBytes(int bytes) {
    sendBufferBytes = Setting.within("sendBufferBytes", 4 << 10, 16 << 20, bytes);
    return this;
  }

  /**
   * Sets how long a client may take nothing of what is to be sent; 30 seconds by default. Then it
   * is cut. A client that reads slowly is not cut, but its system has to take 4 KiB in this time.
   * The time is precise to an eighth. On Linux the server sees what a client took. On other systems
   * the client has to make room in a full send buffer.
   */
  public SignalServerBuilder writeTimeout(Duration timeout) {
    writeTimeout = timeout("writeTimeout", timeout);
    return this;
  }

  /**
   * Sets how long a client may take to answer a close frame; 5 seconds by default. The time begins
   * when its system has taken the frame. Then the connection is cut.
   */
  public SignalServerBuilder closeTimeout(Duration timeout) {
    closeTimeout = timeout("closeTimeout", timeout);
    return this;
  }

  /**
   * Starts the server.
   *
   * @throws IOException if the port is in use or may not be used, or a file of {@link #tls(Path,
   *     Path)} or of client certificates cannot be used. The message names the file, and what is
   *     wrong with it. Nothing is left open
   * @throws IllegalArgumentException if two contexts have the same path, or {@link
   *     #maxUnfinishedBytes} or {@link #maxBufferedBytes} is less than one message or two exchanges
   *     take, or there are client certificates without {@link #tls(Path, Path)}
   * @throws IllegalStateException if the hub is closed
   */
  public SignalServer start() throws IOException {
    ServerThreads threads = new ServerThreads(handlerExecutor, handshakeExecutor);
    try {
      NioTransport transport = transport(threads);
      registrar.attach(transport);
      return new SignalServer(registrar, transport, threads);
    } catch (IOException | RuntimeException e) {
      threads.close();
      throw e;
    }
  }

  /** Returns a transport that has all contexts and is not started. */
  NioTransport transport(ServerThreads threads) {
    NioTransport transport = new NioTransport(options(), threads);
    contexts.forEach(context -> context.accept(transport.http()));
    return transport;
  }

  /** Returns the options, frozen. */
  TransportOptions options() {
    InetSocketAddress address =
        bindAddress
            .map(bound -> new InetSocketAddress(bound, port))
            .orElseGet(() -> new InetSocketAddress(port));
    return new TransportOptions(
        address,
        tls,
        certificateFiles(),
        loops,
        new PeerLimits(maxConnections, maxConnectionsPerAddress),
        proxyProtocol,
        new SocketOptions(writeTimeout, sendBufferBytes),
        httpOptions(address),
        linkOptions());
  }

  private Optional<CertificateFiles> certificateFiles() {
    if (chainPem != null) {
      return Optional.of(
          new CertificateFiles(chainPem, keyPem, clientCertificates, certificateInterval));
    }
    if (clientCertificates.isPresent()) {
      throw new IllegalArgumentException(
          "expected client certificates with tls(chainPem, keyPem), was "
              + (tls.isPresent() ? "tls(context)" : "no TLS"));
    }
    return Optional.empty();
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
    int maxMessageBytes = Math.min(registrar.maxClientMessageBytes(), LARGEST_BYTES);
    return new LinkOptions(
        new WebSocketLimits(maxMessageBytes, maxFragments),
        LinkTimeouts.NONE.withPing(pingInterval, pongTimeout).withClose(closeTimeout),
        minMessageBytesPerSecond,
        maxUnfinishedBytes.orElse(Math.max(heap / 4, 2L * maxMessageBytes)),
        compression ? OptionalInt.of(compressionThresholdBytes) : OptionalInt.empty(),
        maxCompressionWindowBytes.orElse(heap / 8));
  }

  private static Duration timeout(String name, Duration value) {
    return Setting.within(name, Duration.ofMillis(1), Duration.ofDays(1), value);
  }

  private static void requirePath(String path) {
    if (!requireNonNull(path, "path").startsWith("/")) {
      throw new IllegalArgumentException("expected path that begins with /, was " + path);
    }
  }
}
