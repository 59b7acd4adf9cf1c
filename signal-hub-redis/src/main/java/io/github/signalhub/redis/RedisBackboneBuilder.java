package io.github.signalhub.redis;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.internal.settings.Setting;
import io.github.signalhub.redis.internal.engine.EngineOptions;
import io.github.signalhub.redis.internal.engine.HubKeys;
import io.github.signalhub.redis.internal.link.ClusterServers;
import io.github.signalhub.redis.internal.link.SentinelServers;
import io.github.signalhub.redis.internal.link.Servers;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;

/**
 * Collects the options of a {@link RedisBackbone}. A server, sentinels or nodes of a cluster must
 * be set, and the name of the hub. All else has a default. A setter refuses a value outside its
 * range with an {@link IllegalArgumentException}, which names the setting, the range and the value.
 * No exception and no log line has a password. Not thread-safe.
 */
public final class RedisBackboneBuilder {
  private static final int DEFAULT_PORT = 6379;
  private static final int SENTINEL_PORT = 26379;
  private static final Pattern HUB = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final Pattern ADDRESS =
      Pattern.compile("([^:@/\\s]+|\\[[0-9a-fA-F:.%]+])(?::(\\d{1,5}))?");
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

  /** A user of Redis. The name is empty if there is only a password. */
  private record Credentials(String user, String password) {
    static final Credentials NONE = new Credentials("", "");
  }

  private Optional<String> hub = Optional.empty();
  private List<HostAndPort> addresses = List.of();
  private Optional<String> masterName = Optional.empty();
  private boolean isCluster;
  private Credentials credentials = Credentials.NONE;
  private Credentials sentinelCredentials = Credentials.NONE;
  private int database;
  private boolean isTls;
  private Optional<SSLSocketFactory> tls = Optional.empty();
  private Duration connectTimeout = Duration.ofSeconds(2);
  private Duration timeout = Duration.ofSeconds(2);
  private Duration startTimeout = Duration.ofSeconds(5);
  private int maxMessages = 100_000;
  private Duration maxAge = Duration.ofHours(24);
  private int maxPending = 20_000;
  private long maxPendingBytes = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 8);
  private Duration pendingDeadline = Duration.ofSeconds(10);
  private int maxBatch = 256;
  private int maxBatchesInFlight = 4;

  RedisBackboneBuilder() {}

  /**
   * Sets the name of the hub, which all its nodes share: 1 to 100 letters, digits, dots, hyphens
   * and underscores. One Redis may have many hubs. The keys of a hub begin with <code>sh:{name}:
   * </code>.
   *
   * @throws IllegalArgumentException if the name is none
   */
  public RedisBackboneBuilder hub(String name) {
    if (!HUB.matcher(requireNonNull(name, "hub")).matches()) {
      throw new IllegalArgumentException(
          "expected hub of 1 to 100 letters, digits, '.', '-' and '_', was " + name);
    }
    hub = Optional.of(name);
    return this;
  }

  /**
   * Sets one server, and what its URL has besides: {@code redis://user:password@host:6379/0}. With
   * {@code rediss} the connection has TLS. User, password, port (6379) and database (0) may be left
   * out. Special characters in user and password are percent-encoded.
   *
   * @throws IllegalArgumentException if it is no such URL. The message does not have it, because it
   *     may have a password
   */
  public RedisBackboneBuilder url(String url) {
    URI uri = parse(requireNonNull(url, "url"));
    boolean hasTls = "rediss".equals(uri.getScheme());
    String path = Optional.ofNullable(uri.getPath()).orElse("");
    if (!hasTls && !"redis".equals(uri.getScheme())
        || uri.getHost() == null
        || !path.matches("/?|/\\d{1,4}")) {
      throw noUrl();
    }
    addresses =
        List.of(new HostAndPort(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort()));
    isTls |= hasTls;
    if (path.length() > 1) {
      database = Integer.parseInt(path.substring(1));
    }
    if (uri.getRawUserInfo() != null) {
      String[] parts = uri.getRawUserInfo().split(":", 2);
      credentials =
          parts.length == 1
              ? new Credentials("", decoded(parts[0]))
              : new Credentials(decoded(parts[0]), decoded(parts[1]));
    }
    return this;
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8); // + is no space
  }

  private static URI parse(String url) {
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw noUrl(); // its message has the URL
    }
  }

  private static IllegalArgumentException noUrl() {
    return new IllegalArgumentException(
        "expected a url such as redis://user:password@host:6379/0, with special characters"
            + " percent-encoded, was something else");
  }

  /**
   * Sets servers of which one is the master: {@code "host:port"} or {@code "host"}. The first that
   * is a master is used. This is for a failover without sentinels.
   */
  public RedisBackboneBuilder servers(String... addresses) {
    this.addresses = addresses("servers", addresses, DEFAULT_PORT);
    return this;
  }

  /**
   * Sets the sentinels that know the master: {@code "host:port"} or {@code "host"} with port 26379.
   * They are asked in this order. {@link #tls} holds for them, too.
   *
   * @param masterName the master's name, as the sentinels have it
   */
  public RedisBackboneBuilder sentinels(String masterName, String... addresses) {
    this.masterName = Optional.of(requireNonNull(masterName, "masterName"));
    this.addresses = addresses("sentinels", addresses, SENTINEL_PORT);
    return this;
  }

  /**
   * Sets the user and the password of the sentinels, none by default. An empty user is the default
   * one.
   */
  public RedisBackboneBuilder sentinelCredentials(String user, String password) {
    sentinelCredentials =
        new Credentials(requireNonNull(user, "user"), requireNonNull(password, "password"));
    return this;
  }

  /**
   * Sets some nodes of a cluster: {@code "host:port"} or {@code "host"}. They are asked which node
   * has the hub, and so are all nodes that they name. A user with an access control list needs
   * {@code +cluster|slots}, too.
   */
  public RedisBackboneBuilder cluster(String... addresses) {
    this.addresses = addresses("cluster", addresses, DEFAULT_PORT);
    isCluster = true;
    return this;
  }

  /** Sets user and password, none by default. An empty user is Redis' user {@code default}. */
  public RedisBackboneBuilder credentials(String user, String password) {
    credentials =
        new Credentials(requireNonNull(user, "user"), requireNonNull(password, "password"));
    return this;
  }

  /** Sets the number of the database, 0 by default. A cluster has only that. */
  public RedisBackboneBuilder database(int database) {
    this.database = Setting.atLeast("database", 0, database);
    return this;
  }

  /**
   * Lets connections have TLS, with the JVM's default trust. The certificate must be that of the
   * host name. Without this and without {@code rediss} there is no TLS.
   */
  public RedisBackboneBuilder tls() {
    isTls = true;
    return this;
  }

  /** As {@link #tls()}, with the trust and the certificates of a factory. */
  public RedisBackboneBuilder tls(SSLSocketFactory factory) {
    tls = Optional.of(requireNonNull(factory, "factory"));
    return tls();
  }

  /**
   * Sets how long connecting may take: 1 ms to a minute, 2 s by default. Then it is tried again.
   */
  public RedisBackboneBuilder connectTimeout(Duration timeout) {
    connectTimeout = within("connectTimeout", timeout);
    return this;
  }

  /**
   * Sets how long an answer may take: 1 ms to a minute, 2 s by default. Then the node connects
   * again.
   */
  public RedisBackboneBuilder timeout(Duration timeout) {
    this.timeout = within("timeout", timeout);
    return this;
  }

  /**
   * Sets for how long a start tries to reach a master: 0 to a minute, 5 s by default. Then it fails
   * with an {@link java.io.IOException}. With 0 it tries once.
   */
  public RedisBackboneBuilder startTimeout(Duration timeout) {
    startTimeout = Setting.within("startTimeout", Duration.ZERO, LONGEST_TIMEOUT, timeout);
    return this;
  }

  /**
   * Sets how many publications Redis retains: at least 1, by default 100,000. It may retain a
   * hundred more. A node that is behind the oldest has lost something, and tells its clients by a
   * gap. All nodes of a hub should have the same value.
   */
  public RedisBackboneBuilder maxMessages(int maxMessages) {
    this.maxMessages = Setting.atLeast("maxMessages", 1, maxMessages);
    return this;
  }

  /**
   * Sets how long Redis retains a publication, by its own clock: at least 1 s, by default 24 hours.
   * It looks once a second while messages are published. All nodes of a hub should have the same
   * value.
   */
  public RedisBackboneBuilder maxAge(Duration maxAge) {
    this.maxAge = Setting.atLeast("maxAge", Duration.ofSeconds(1), maxAge);
    return this;
  }

  /**
   * Sets how many publications of this node may wait to settle: at least 1, by default 20,000. More
   * are refused: {@link RedisBackbone#publish} returns {@code false}.
   */
  public RedisBackboneBuilder maxPending(int maxPending) {
    this.maxPending = Setting.atLeast("maxPending", 1, maxPending);
    return this;
  }

  /**
   * Sets how many bytes the publications of this node that wait to settle may have: at least 1, by
   * default 64 MiB, or an eighth of the heap if that is less. More are refused, as above. One of
   * any size is taken if none waits.
   */
  public RedisBackboneBuilder maxPendingBytes(long maxPendingBytes) {
    this.maxPendingBytes = Setting.atLeast("maxPendingBytes", 1L, maxPendingBytes);
    return this;
  }

  /**
   * Sets for how long a publication may wait to settle while Redis is away: 1 ms to an hour, 10 s
   * by default. Then it settles as unavailable if it was not sent, else as unconfirmed. If Redis
   * does not answer at all, this may take one {@link #timeout} more.
   */
  public RedisBackboneBuilder pendingDeadline(Duration deadline) {
    pendingDeadline =
        Setting.within("pendingDeadline", Duration.ofMillis(1), Duration.ofHours(1), deadline);
    return this;
  }

  /**
   * Sets how many publications are sent together at most: 1 to 1,000, by default 256. They are also
   * sent once they have 1 MiB.
   */
  public RedisBackboneBuilder maxBatch(int maxBatch) {
    this.maxBatch = Setting.within("maxBatch", 1, 1_000, maxBatch);
    return this;
  }

  /**
   * Sets how many batches are sent ahead of the answers: 1 to 64, by default 4. If Redis loses what
   * it has, so many batches of each node are unconfirmed at most.
   */
  public RedisBackboneBuilder maxBatchesInFlight(int maxBatchesInFlight) {
    this.maxBatchesInFlight = Setting.within("maxBatchesInFlight", 1, 64, maxBatchesInFlight);
    return this;
  }

  /**
   * Returns the backbone, which has yet to start.
   *
   * @throws IllegalStateException if the hub or its servers are not set
   * @throws IllegalArgumentException if a cluster has sentinels, or another database than 0
   */
  public RedisBackbone build() {
    String name = Setting.required("hub", hub.orElse(null));
    Setting.required("url, servers, sentinels or cluster", addresses.isEmpty() ? null : addresses);
    if (isCluster && (masterName.isPresent() || database > 0)) {
      throw new IllegalArgumentException(
          "expected a cluster without sentinels and with database 0, was another");
    }
    JedisClientConfig link = config(credentials, database);
    HubKeys keys = new HubKeys(name);
    return new RedisBackbone(
        new EngineOptions(
            name,
            keys,
            servers(keys, link),
            link,
            maxMessages,
            maxAge,
            maxPending,
            maxPendingBytes,
            pendingDeadline,
            maxBatch,
            maxBatchesInFlight,
            startTimeout));
  }

  private Servers servers(HubKeys keys, JedisClientConfig link) {
    List<HostAndPort> all = addresses;
    if (isCluster) {
      return new ClusterServers(keys.hub(), all, link);
    }
    return masterName
        .<Servers>map(master -> new SentinelServers(master, all, config(sentinelCredentials, 0)))
        .orElse(() -> all);
  }

  private JedisClientConfig config(Credentials who, int database) {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .serverDefaultProtocol()
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED) // users may not have this right
            .connectionTimeoutMillis((int) connectTimeout.toMillis())
            .socketTimeoutMillis((int) timeout.toMillis())
            .database(database);
    if (!who.password.isEmpty()) {
      config.user(who.user.isEmpty() ? null : who.user).password(who.password);
    }
    if (isTls) {
      addTls(config);
    }
    return config.build();
  }

  /** Jedis checks the host name. */
  @SuppressWarnings("deprecation") // the newer options take files of certificates, and no factory
  private void addTls(DefaultJedisClientConfig.Builder config) {
    config.ssl(true);
    tls.ifPresent(config::sslSocketFactory);
  }

  private static Duration within(String name, Duration timeout) {
    return Setting.within(name, Duration.ofMillis(1), LONGEST_TIMEOUT, timeout);
  }

  private static List<HostAndPort> addresses(String name, String[] addresses, int defaultPort) {
    List<HostAndPort> all = new ArrayList<>();
    for (String address : Setting.all(name, addresses)) {
      Matcher parts = ADDRESS.matcher(address);
      if (!parts.matches()) {
        throw new IllegalArgumentException("expected " + name + " as host:port, was " + address);
      }
      int port = parts.group(2) == null ? defaultPort : Integer.parseInt(parts.group(2));
      String host = parts.group(1).replaceAll("^\\[|]$", ""); // of an IPv6 address
      all.add(new HostAndPort(host, Setting.within("port", 1, 65_535, port)));
    }
    return List.copyOf(all);
  }
}
