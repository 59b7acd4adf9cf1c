package io.github.signalhub.admission;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.admission.Verdict.Admitted;
import io.github.signalhub.admission.Verdict.Refused;
import io.github.signalhub.internal.admission.AllowedHosts;
import io.github.signalhub.internal.admission.Hints;
import io.github.signalhub.internal.admission.OriginPolicy;
import io.github.signalhub.internal.admission.OriginPolicy.RequestScheme;
import io.github.signalhub.internal.admission.ProxyField;
import io.github.signalhub.internal.admission.Requester;
import io.github.signalhub.internal.admission.TrustedProxies;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.settings.Setting;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.HandshakeQuery;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Decides which clients may connect by a carrier, as which users, and which topics they follow. The
 * server of this library asks one, and so does an adapter for another server:
 *
 * <pre>{@code
 * Verdict verdict = admission.admit(request, transport, hub);
 * if (verdict instanceof Verdict.Refused refused) {
 *   refused.headers().forEach(response::setHeader);
 *   response.setStatus(refused.status()); // and refused.reason() as text/plain
 * } else if (verdict instanceof Verdict.Admitted admitted) {
 *   transport.open(admitted.handshake(), sender); // once the platform has upgraded the connection
 * }
 * }</pre>
 *
 * <p>The rules are checked in this order. The first one that is broken decides the answer:
 *
 * <table>
 * <caption>What is refused, and how</caption>
 * <tr><th>status</th><th>rule</th></tr>
 * <tr><td>421</td><td>the host is one of {@link Builder#allowedHosts}</td></tr>
 * <tr><td>400</td><td>all lines of {@code Host} are equal, and the {@code Forwarded} of a
 *     {@linkplain Builder#trustedProxies trusted proxy} is well-formed</td></tr>
 * <tr><td>503, {@code Retry-After}</td><td>the transport accepts clients</td></tr>
 * <tr><td>400</td><td>there is a {@code Host}; without one, neither the origin nor the host could be
 *     checked</td></tr>
 * <tr><td>403</td><td>the page's origin is one of {@link Builder#allowedOrigins}</td></tr>
 * <tr><td>400</td><td>the query is one that {@link HandshakeQuery#parse} takes</td></tr>
 * <tr><td>403</td><td>without a {@linkplain Builder#handshake hook}: no topics are asked for</td>
 *     </tr>
 * <tr><td>431</td><td>the client's path, query and {@linkplain Builder#keptHeaders kept headers}
 *     have at most {@value Handshake#MAX_REQUEST_CHARS} characters, without {@code topic}, {@code
 *     after}, {@code session}, {@code signal-hub} and {@linkplain Builder#secretParameters secret
 *     parameters}</td></tr>
 * <tr><td>as the hook says</td><td>the hook accepts</td></tr>
 * <tr><td>400</td><td>the hook lets no user or topic pass that {@link HandshakeDecision}
 *     refuses</td></tr>
 * <tr><td>500</td><td>the hook returns a decision</td></tr>
 * <tr><td>401</td><td>the credential has not {@linkplain HandshakeDecision#expiresAt ended}</td>
 *     </tr>
 * <tr><td>503, {@code Retry-After}</td><td>the transport still accepts clients after the hook</td>
 *     </tr>
 * <tr><td>400, or 500 if the hook granted topics that nobody asked for</td><td>the hub takes so many
 *     topics of a client</td></tr>
 * </table>
 *
 * <p>A platform checks the rules of WebSocket by itself (RFC 6455 §4.2). Immutable but for the
 * memory of what was logged; thread-safe.
 */
public final class Admission {
  /** The subprotocol by which a client asks for control messages. */
  public static final String SUBPROTOCOL = "signal-hub.v1";

  private static final HubLogger LOG = HubLogger.of(Admission.class);
  private static final String TOO_LONG =
      "expected at most "
          + Handshake.MAX_REQUEST_CHARS
          + " characters of path, query and kept headers (RFC 6585 §5)";
  private static final String RETRY_SECONDS = "1";
  private static final long MAX_RETRY_SECONDS = Duration.ofDays(365).toSeconds();

  private final Optional<HandshakeHook> hook;
  private final OriginPolicy origins;
  private final AllowedHosts hosts;
  private final TrustedProxies proxies;
  private final List<String> keptHeaders;
  private final Set<String> secretParameters;
  private final Hints hints = new Hints(LOG, System::nanoTime);
  private volatile String latestPath = "/"; // most clients have the same, and each keeps it

  private Admission(Builder builder) {
    hook = builder.hook;
    origins = builder.origins;
    hosts = builder.hosts.orElse(builder.isLocal ? AllowedHosts.LOCAL : AllowedHosts.ANY);
    proxies = builder.proxies.writing(builder.proxyHeader);
    keptHeaders = builder.keptHeaders;
    secretParameters = builder.secretParameters;
  }

  /** Returns a builder with the default options. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Decides about a request. Blocks for as long as the hook does. A refusal is logged at DEBUG.
   *
   * @param request what the client sent
   * @param transport the transport of the carrier; it may be draining
   * @param registrar the hub that the transport serves
   */
  public Verdict admit(AdmissionRequest request, Transport transport, Registrar registrar) {
    Verdict verdict = decide(check(visitor(request), transport), registrar);
    verdict
        .refusal()
        .ifPresent(
            refused ->
                LOG.log(
                    Level.DEBUG,
                    "Refused a handshake with {0}: {1}",
                    refused.status(),
                    refused.reason()));
    return verdict;
  }

  /**
   * Finds out which client sent a request of any kind, and whether its host is allowed. Does not
   * block. Carriers use it for other requests than handshakes, too.
   */
  public Visitor visitor(AdmissionRequest request) {
    Requester connection =
        Requester.ofConnection(request.lines(), request.remoteAddress(), request.isEncrypted());
    List<String> lines = request.lines().all("Host");
    String host = lines.isEmpty() ? "" : lines.get(0);
    if (lines.size() > 1 && !lines.stream().allMatch(host::equalsIgnoreCase)) {
      return Visitor.refused(request, connection, 400, "expected one Host (RFC 9112 §3.2)");
    }
    if (!hosts.admits(host)) {
      hints.hostRefused(host);
      return Visitor.refused(
          request, connection, 421, "this host is not served here (RFC 9110 §7.4)");
    }
    try {
      Requester requester =
          Requester.of(request.lines(), request.remoteAddress(), request.isEncrypted(), proxies);
      if (requester.source() == Requester.Source.CONTRADICTION) {
        hints.contradicted(requester);
      }
      return new Visitor(request, requester, Optional.empty());
    } catch (IllegalArgumentException e) {
      return Visitor.refused(request, connection, 400, e.getMessage());
    }
  }

  /**
   * Checks a handshake by all rules that need no hook. Does not block.
   *
   * @param visitor from {@link #visitor}; if it is refused, so is the candidate
   * @param transport the transport of the carrier
   */
  public Candidate check(Visitor visitor, Transport transport) {
    requireNonNull(transport, "transport");
    Optional<Refused> refusal =
        visitor.refusal.or(() -> stopping(transport)).or(() -> foreign(visitor));
    if (refusal.isPresent()) {
      return new Candidate(visitor, transport, refusal.get());
    }
    HandshakeQuery query;
    try {
      query = HandshakeQuery.parse(visitor.request.query());
    } catch (IllegalArgumentException e) {
      return new Candidate(visitor, transport, new Refused(400, e.getMessage()));
    }
    String kept = query.applicationQuery(secretParameters);
    List<String> lines = keptLines(visitor.request);
    if (hook.isEmpty() && !query.topics().isEmpty()) {
      refusal = Optional.of(new Refused(403, "topics cannot be asked for here"));
    } else if (Handshake.chars(visitor.request.path(), kept, lines) > Handshake.MAX_REQUEST_CHARS) {
      refusal = Optional.of(new Refused(431, TOO_LONG));
    }
    return new Candidate(visitor, transport, Optional.of(query), kept, lines, refusal);
  }

  /** Returns the header lines that the client keeps: name, value and so on. */
  private List<String> keptLines(AdmissionRequest request) {
    List<String> kept = new ArrayList<>();
    for (String name : keptHeaders) {
      for (String value : request.lines().all(name)) {
        kept.add(name);
        kept.add(value);
      }
    }
    return List.copyOf(kept);
  }

  /** Returns a path; the same object for the same path as the last one. */
  private String shared(String path) {
    String latest = latestPath;
    if (!path.equals(latest)) {
      latest = path;
      latestPath = path;
    }
    return latest;
  }

  /** Returns how a page of another site is refused, and a request that does not name its host. */
  private Optional<Refused> foreign(Visitor visitor) {
    if (visitor.request.lines().first("Host").orElse("").isBlank()) {
      return Optional.of(new Refused(400, "a handshake must have a Host (RFC 6455 §4.1)"));
    }
    List<String> origin = visitor.request.lines().all("Origin");
    if (origins.admits(origin, visitor.requester.hosts(), visitor.requester.scheme())) {
      return Optional.empty();
    }
    if (origin.size() == 1) {
      hints.originRefused(origin.get(0), visitor.requester, visitor.namesUntrustedProxy());
    }
    return Optional.of(new Refused(403, "pages of this origin may not connect (RFC 6455 §10.2)"));
  }

  /** Returns whether {@link #decide} calls a hook, and so may block. */
  public boolean hasHook() {
    return hook.isPresent();
  }

  /**
   * Decides about a checked handshake. Blocks for as long as the hook does.
   *
   * @param candidate from {@link #check}; if it is refused, so is the client
   * @param registrar the hub that the transport serves
   */
  public Verdict decide(Candidate candidate, Registrar registrar) {
    if (candidate.refusal.isPresent()) {
      return candidate.refusal.get();
    }
    long since = registrar.revocations(); // before the hook looks anything up
    HandshakeQuery query = candidate.query.orElseThrow();
    InetSocketAddress client = candidate.remoteAddress();
    HandshakeDecision decision = ask(new ConnectRequest(candidate.visitor.request, query, client));
    Optional<Refused> refusal =
        decision
            .refusal()
            .or(() -> ended(decision, registrar))
            .or(() -> stopping(candidate.transport))
            .or(() -> unavailable(registrar))
            .or(() -> tooManyTopics(decision, query, registrar));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    boolean offersSubprotocol =
        candidate.visitor.request.lines().list("Sec-WebSocket-Protocol").contains(SUBPROTOCOL);
    Optional<String> subprotocol = offersSubprotocol ? Optional.of(SUBPROTOCOL) : Optional.empty();
    Handshake.Builder handshake =
        query
            .grant(decision.grantedTopics())
            .remoteAddress(client)
            .decidedSince(since)
            .controlMessages(query.controlMessages() || subprotocol.isPresent())
            .path(shared(candidate.visitor.request.path()))
            .query(candidate.keptQuery)
            .attributes(decision.attributes())
            .expiresAt(decision.end());
    List<String> lines = candidate.keptLines;
    for (int i = 0; i < lines.size(); i += 2) {
      handshake.header(lines.get(i), lines.get(i + 1));
    }
    decision.grantedUser().ifPresent(handshake::user);
    return new Admitted(handshake.build(), subprotocol);
  }

  /**
   * Returns the refusal of a handshake while a transport accepts no clients: with 503 and {@code
   * Retry-After}, in whole seconds, at least 1 and at most a year. Empty while it accepts them.
   */
  public static Optional<Refused> stopping(Transport transport) {
    return transport
        .retryAfter()
        .map(
            after -> {
              long seconds = Math.max(0, Math.min(MAX_RETRY_SECONDS, after.toSeconds()));
              boolean more = seconds == 0 || (after.getNano() > 0 && seconds < MAX_RETRY_SECONDS);
              long whole = more ? seconds + 1 : seconds;
              return new Refused(
                  503, "the server is stopping", Map.of("Retry-After", Long.toString(whole)));
            });
  }

  private static Optional<Refused> unavailable(Registrar registrar) {
    return registrar.isAvailable()
        ? Optional.empty()
        : Optional.of(
            new Refused(
                503, "this node cannot reach the others", Map.of("Retry-After", RETRY_SECONDS)));
  }

  /** Returns whether an address is that of a {@linkplain Builder#trustedProxies trusted proxy}. */
  public boolean trusts(InetAddress address) {
    return proxies.contains(requireNonNull(address, "address"));
  }

  private HandshakeDecision ask(ConnectRequest request) {
    if (hook.isEmpty()) {
      return HandshakeDecision.accept();
    }
    try {
      return requireNonNull(hook.get().decide(request), "the handshake hook returned null");
    } catch (HandshakeDecision.BadNameException e) {
      return HandshakeDecision.refuse(400, e.getMessage());
    } catch (Throwable t) { // an Error of the hook must leave the client an answer, too
      LOG.log(Level.WARNING, "The handshake hook failed", t);
      return HandshakeDecision.refuse(500, "Internal Server Error");
    }
  }

  private static Optional<Refused> ended(HandshakeDecision decision, Registrar registrar) {
    boolean lasts = decision.end().equals(Instant.MAX) || decision.end().isAfter(registrar.now());
    return lasts ? Optional.empty() : Optional.of(new Refused(401, "the credential has ended"));
  }

  private static Optional<Refused> tooManyTopics(
      HandshakeDecision decision, HandshakeQuery query, Registrar registrar) {
    int granted = decision.grantedTopics().size();
    int most = registrar.maxTopicsPerClient();
    if (granted <= most) {
      return Optional.empty();
    }
    if (query.topics().containsAll(decision.grantedTopics())) {
      return Optional.of(new Refused(400, "the hub takes fewer topics of a client"));
    }
    LOG.warnCounted( // not the client's fault
        "The handshake hook granted {0} topics, and the hub takes {1} of a client", granted, most);
    return Optional.of(new Refused(500, "Internal Server Error"));
  }

  /** The client that sent a request. Immutable. */
  public static final class Visitor {
    private final AdmissionRequest request;
    private final Requester requester;
    private final Optional<Refused> refusal;

    private Visitor(AdmissionRequest request, Requester requester, Optional<Refused> refusal) {
      this.request = request;
      this.requester = requester;
      this.refusal = refusal;
    }

    private static Visitor refused(
        AdmissionRequest request, Requester connection, int status, String reason) {
      return new Visitor(request, connection, Optional.of(new Refused(status, reason)));
    }

    /** Returns the refusal of the request; empty if its host is allowed. */
    public Optional<Refused> refusal() {
      return refusal;
    }

    /**
     * Returns the client's address: that of the connection's peer, or, if that is a trusted proxy,
     * the one that it names, with port 0 if it names none.
     */
    public InetSocketAddress remoteAddress() {
      return requester.address();
    }

    /**
     * Returns whether the client uses TLS, to this carrier or to a trusted proxy, as far as is
     * known.
     */
    public boolean isEncrypted() {
      return requester.scheme() == RequestScheme.HTTPS;
    }

    /** Returns whether the request came by a trusted proxy that names its clients. */
    public boolean isProxied() {
      return requester.source() != Requester.Source.CONNECTION;
    }

    private boolean namesUntrustedProxy() {
      return !isProxied()
          && (request.lines().first("X-Forwarded-For").isPresent()
              || request.lines().first("Forwarded").isPresent());
    }
  }

  /** A client whose handshake keeps all rules that need no hook. Immutable. */
  public static final class Candidate {
    private final Visitor visitor;
    private final Transport transport;
    private final Optional<HandshakeQuery> query; // present unless it is refused
    private final String keptQuery;
    private final List<String> keptLines; // name, value and so on
    private final Optional<Refused> refusal;

    private Candidate(Visitor visitor, Transport transport, Refused refusal) {
      this(visitor, transport, Optional.empty(), "", List.of(), Optional.of(refusal));
    }

    private Candidate(
        Visitor visitor,
        Transport transport,
        Optional<HandshakeQuery> query,
        String keptQuery,
        List<String> keptLines,
        Optional<Refused> refusal) {
      this.visitor = visitor;
      this.transport = transport;
      this.query = query;
      this.keptQuery = keptQuery;
      this.keptLines = keptLines;
      this.refusal = refusal;
    }

    /** As {@link Visitor#remoteAddress}. */
    public InetSocketAddress remoteAddress() {
      return visitor.remoteAddress();
    }

    /** Returns the refusal of the handshake; empty if no rule refuses it. */
    public Optional<Refused> refusal() {
      return refusal;
    }
  }

  /** Collects the options of an admission. Not thread-safe. */
  public static final class Builder {
    private static final Pattern HEADER_NAME = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");

    private Optional<HandshakeHook> hook = Optional.empty();
    private OriginPolicy origins = OriginPolicy.sameOrigin();
    private Optional<AllowedHosts> hosts = Optional.empty();
    private boolean isLocal;
    private TrustedProxies proxies = TrustedProxies.NONE;
    private ProxyField proxyHeader = ProxyField.UNKNOWN;
    private List<String> keptHeaders = List.of();
    private Set<String> secretParameters = Set.of();

    private Builder() {}

    /**
     * Sets the hook that decides about clients. Without one, every client may connect, anonymously,
     * and requests for topics get 403.
     */
    public Builder handshake(HandshakeHook hook) {
      this.hook = Optional.of(requireNonNull(hook, "handshake"));
      return this;
    }

    /**
     * Sets the header lines of its handshake that a connected client keeps, for {@code
     * Client.header}; none by default. The hook sees all lines in any case. Each kept line takes
     * memory as long as its client is connected. See {@link Admission} for the limit.
     *
     * @param names such as {@code User-Agent}, in any case
     * @throws IllegalArgumentException if one is no name of a header (RFC 9110 §5.6.2)
     */
    public Builder keptHeaders(String... names) {
      Map<String, String> kept = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      for (String name : Setting.all("keptHeaders", names)) {
        if (!HEADER_NAME.matcher(name).matches()) {
          throw new IllegalArgumentException(
              "expected keptHeaders that are names of headers, was " + name);
        }
        kept.put(name, name);
      }
      keptHeaders = List.copyOf(kept.values());
      return this;
    }

    /**
     * Sets the parameters of the query that only the hook sees, such as a token; none by default. A
     * connected client keeps all others, for {@code Client.parameter}. Secret ones do not stay in
     * memory, and do not count towards the limit that {@link Admission} names.
     *
     * @param names such as {@code ticket}, as they are after decoding
     */
    public Builder secretParameters(String... names) {
      secretParameters = Set.copyOf(Setting.all("secretParameters", names));
      return this;
    }

    /**
     * Lets pages of these origins connect. Pages of the same host and port may always connect; by
     * default no others may. A page of another origin is refused with 403, and a warning names it
     * once. Programs that are not browsers send no {@code Origin} and are not asked for one: this
     * is no authentication.
     *
     * <table>
     * <caption>What an origin may be, and what it risks</caption>
     * <tr><th>origin</th><th>pages that may connect</th><th>risk</th></tr>
     * <tr><td>{@code https://example.com}</td><td>those of this scheme, host and port</td>
     *     <td>whatever scripts run there</td></tr>
     * <tr><td>{@code http://localhost:*}</td><td>those of this host at any port</td>
     *     <td>every program of any user of the client's machine that serves pages</td></tr>
     * <tr><td>{@code https://*.example.org}</td><td>those of all subdomains at any depth; not those
     *     of {@code example.org} itself</td><td>any subdomain that somebody else got hold of, or
     *     that shows what users upload</td></tr>
     * <tr><td>{@code capacitor://localhost}</td><td>those of every app of this framework; other
     *     schemes of apps likewise</td><td>any app may claim it</td></tr>
     * <tr><td>{@code file://}</td><td>files that are opened in Electron or a WebView</td>
     *     <td>every file, also one that was downloaded</td></tr>
     * <tr><td>{@code null}</td><td>those without an origin of their own: files in browsers,
     *     sandboxed frames</td><td>every site of the web, because any page can put itself into a
     *     sandboxed frame: as {@link #allowAnyOrigin}</td></tr>
     * </table>
     *
     * <p>Both asterisks can be used in one origin. With all but the first of them, ask clients for
     * a token, and not for a cookie, in the {@linkplain #handshake handshake hook}.
     *
     * @param origins as above
     * @throws IllegalArgumentException if one is none of these
     */
    public Builder allowedOrigins(String... origins) {
      this.origins = OriginPolicy.sameOriginOr(Setting.all("allowedOrigins", origins));
      return this;
    }

    /**
     * Lets every page of the web connect. Use it for public data only, or with tokens that foreign
     * pages lack.
     */
    public Builder allowAnyOrigin() {
      origins = OriginPolicy.any();
      return this;
    }

    /**
     * Tells where the carrier listens, for the default of {@link #allowedHosts}. By default this is
     * not known.
     *
     * @param address such as a loopback address, or the one that stands for all interfaces
     */
    public Builder bindAddress(InetAddress address) {
      isLocal = requireNonNull(address, "bindAddress").isLoopbackAddress();
      return this;
    }

    /**
     * Lets requests name these hosts. They may always name {@code localhost} and IP addresses. By
     * default they may name any host, unless the carrier is {@linkplain #bindAddress bound} to a
     * loopback address. The {@code Host} field counts, and not the fields of proxies. Other
     * requests are refused with 421, and a warning names the host once.
     *
     * <p>This stops DNS rebinding: a page gives its own name the address of a server in the
     * visitor's network or machine, and is of the same origin then. Set it if your server relies on
     * its network to keep strangers out. If a proxy on the same machine passes the public {@code
     * Host} on, name that host here.
     *
     * @param hosts such as {@code example.com}, or {@code *.example.com} for all of its subdomains;
     *     without a port
     * @throws IllegalArgumentException if one is none of these
     */
    public Builder allowedHosts(String... hosts) {
      this.hosts = Optional.of(AllowedHosts.of(Setting.all("allowedHosts", hosts)));
      return this;
    }

    /**
     * Lets requests name any host, also at a loopback address. Use it for servers that authenticate
     * every client.
     */
    public Builder allowAnyHost() {
      hosts = Optional.of(AllowedHosts.ANY);
      return this;
    }

    /**
     * Sets the proxies whose fields name their clients; none by default. In a request from one of
     * these addresses, {@code X-Forwarded-For} or {@code Forwarded} (RFC 7239) names the client.
     * From any other address these fields are ignored. The origin of a page is compared with the
     * fields of the same proxy: {@code X-Forwarded-Proto}, {@code -Host} and {@code -Port}, or
     * {@code Forwarded}. Without such a field, it is compared with {@code Host}. If a trusted proxy
     * names another trusted proxy, the client is the one that the other proxy names. See {@link
     * #proxyHeader}.
     *
     * @param addresses such as {@code 127.0.0.1}, {@code 10.0.0.0/8} or {@code fd00::/8}
     * @throws IllegalArgumentException if one is no address or range; host names are not
     */
    public Builder trustedProxies(String... addresses) {
      proxies = TrustedProxies.of(Setting.all("trustedProxies", addresses));
      return this;
    }

    /**
     * Sets which field the {@linkplain #trustedProxies trusted proxies} write; the other one is
     * ignored then. Most proxies write {@code X-Forwarded-For} and pass on a {@code Forwarded} of
     * their client. By default the field that is there is believed. If both are there and name
     * different clients, neither is believed. The client's address is then that of the proxy, and a
     * warning is logged once.
     *
     * @param field {@code X-Forwarded-For} (with {@code -Proto}, {@code -Host} and {@code -Port})
     *     or {@code Forwarded}, in any case
     * @throws IllegalArgumentException if it is neither
     */
    public Builder proxyHeader(String field) {
      proxyHeader = ProxyField.named(requireNonNull(field, "proxyHeader"));
      return this;
    }

    /** Returns the admission. */
    public Admission build() {
      return new Admission(this);
    }
  }
}
