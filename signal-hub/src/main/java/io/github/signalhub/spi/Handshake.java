package io.github.signalhub.spi;

import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.connection.Attributes;
import io.github.signalhub.internal.logger.LogText;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The agreement with a client when its link was opened. A transport fills it after its
 * authorisation hook agreed. So the topics in it are granted, not merely asked for. Immutable.
 */
public final class Handshake {
  /**
   * The most characters of a client's request that the hub keeps: of {@link Builder#path}, {@link
   * Builder#query}, and the names and values of {@link Builder#header} together. Each header line
   * counts {@value #LINE_CHARS} more, because it takes memory of its own.
   */
  public static final int MAX_REQUEST_CHARS = 4_096;

  private static final int LINE_CHARS = 32;

  private final String user;
  private final Set<String> topics;
  private final Map<String, String> starts;
  private final String after;
  private final String session;
  private final boolean controlMessages;
  private final SocketAddress remoteAddress;
  private final String path;
  private final String query;
  private final List<String> headers;
  private final Attributes attributes;
  private final Instant expiresAt;
  private final long decidedSince;

  private Handshake(Builder builder) {
    user = builder.user;
    topics = copy(builder.topics);
    starts =
        builder.starts.isEmpty()
            ? Collections.emptyMap()
            : Collections.unmodifiableMap(new LinkedHashMap<>(builder.starts));
    after = builder.after;
    session = builder.session;
    controlMessages = builder.controlMessages;
    remoteAddress = builder.remoteAddress;
    path = builder.path;
    query = builder.query;
    headers = List.copyOf(builder.headers);
    attributes = builder.attributes;
    expiresAt = builder.expiresAt;
    decidedSince = builder.decidedSince;
  }

  /** Copies a set that lives as long as its client. Most clients have no topic, or one. */
  private static Set<String> copy(Set<String> topics) {
    return switch (topics.size()) {
      case 0 -> Collections.emptySet();
      case 1 -> Collections.singleton(topics.iterator().next());
      default -> Collections.unmodifiableSet(new LinkedHashSet<>(topics));
    };
  }

  /** Returns a builder of a handshake without user, topics, resume point and control messages. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the client's user, if it was authenticated. Every link of a user gets the messages to
   * the user.
   */
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  /** Returns the topics to follow, besides broadcasts, as they were named; unmodifiable. */
  public Set<String> topics() {
    return topics;
  }

  /**
   * Returns the id of the last message that the client has, as the client sent it and unchecked.
   * The hub goes on after it, or tells a gap. A client that sends one understands {@code $gap}.
   */
  public Optional<String> after() {
    return Optional.ofNullable(after);
  }

  /**
   * Returns the topics that start elsewhere than {@link #after}, unmodifiable. Each has the id to
   * start after, as the client sent it and unchecked.
   */
  public Map<String, String> starts() {
    return starts;
  }

  /**
   * Returns the client's own random id, the same at every return: within it the hub processes a
   * message with a {@code ref} once.
   */
  public Optional<String> session() {
    return Optional.ofNullable(session);
  }

  /** Returns whether the client asked for control messages ({@code $hello} and others). */
  public boolean controlMessages() {
    return controlMessages;
  }

  /** Returns the peer's address, if the transport knows one. */
  public Optional<SocketAddress> remoteAddress() {
    return Optional.ofNullable(remoteAddress);
  }

  /** Returns the decoded path of the client's request. */
  public String path() {
    return path;
  }

  /**
   * Returns the parameters of the client's request by name, decoded ({@code +} is a space), in the
   * order in which they came; unmodifiable. Reads the query again at each call.
   */
  public Map<String, List<String>> parameters() {
    return HandshakeQuery.parametersOf(query);
  }

  /** Returns the values of the kept header lines of a name, in any case and in their order. */
  public List<String> headers(String name) {
    Objects.requireNonNull(name, "name");
    List<String> values = new ArrayList<>(1);
    for (int i = 0; i < headers.size(); i += 2) {
      if (headers.get(i).equalsIgnoreCase(name)) {
        values.add(headers.get(i + 1));
      }
    }
    return List.copyOf(values);
  }

  /** Returns the attributes that the application gave the client. */
  public Attributes attributes() {
    return attributes;
  }

  /** Returns when the client's credential ends; empty: never. */
  public Optional<Instant> expiresAt() {
    return Optional.ofNullable(expiresAt);
  }

  /**
   * Returns the number of {@link Registrar#revocations} before it was decided; {@link
   * Long#MAX_VALUE} if nobody had to decide.
   */
  public long decidedSince() {
    return decidedSince;
  }

  /**
   * Returns how many characters count towards {@link #MAX_REQUEST_CHARS}.
   *
   * @param headers name, value and so on
   */
  public static int chars(String path, String query, List<String> headers) {
    int lines = headers.size() / 2;
    int text = headers.stream().mapToInt(String::length).sum();
    return path.length() + query.length() + text + lines * LINE_CHARS;
  }

  /** Returns this handshake, as one decided at the latest when there were so many revocations. */
  Handshake decidedBy(long revocations) {
    if (decidedSince <= revocations) {
      return this;
    }
    Builder builder = new Builder();
    builder.user = user;
    builder.topics.addAll(topics);
    builder.starts.putAll(starts);
    builder.after = after;
    builder.session = session;
    builder.controlMessages = controlMessages;
    builder.remoteAddress = remoteAddress;
    builder.path = path;
    builder.query = query;
    builder.headers.addAll(headers);
    builder.attributes = attributes;
    builder.expiresAt = expiresAt;
    return builder.decidedSince(revocations).build();
  }

  /** Collects the parts of an agreement. Not thread-safe. */
  public static final class Builder {
    private final Set<String> topics = new LinkedHashSet<>();
    private final Map<String, String> starts = new LinkedHashMap<>();
    private String user;
    private String after;
    private String session;
    private boolean controlMessages;
    private SocketAddress remoteAddress;
    private final List<String> headers = new ArrayList<>(); // name, value and so on
    private String path = "/";
    private String query = "";
    private Attributes attributes = Attributes.NONE;
    private Instant expiresAt; // null: never
    private long decidedSince = Long.MAX_VALUE;

    private Builder() {}

    /**
     * Sets the client's user; unset by default.
     *
     * @throws IllegalArgumentException if {@link HandshakeQuery#isUser} is {@code false}
     */
    public Builder user(String user) {
      if (!HandshakeQuery.isUser(Objects.requireNonNull(user, "user"))) {
        throw new IllegalArgumentException(
            "expected user of 1 to 255 UTF-8 bytes, was \"" + LogText.of(user) + "\"");
      }
      this.user = user;
      return this;
    }

    /**
     * Adds a topic to follow; none by default.
     *
     * @throws IllegalArgumentException if {@link HandshakeQuery#isTopic} is {@code false}
     */
    public Builder topic(String topic) {
      if (!HandshakeQuery.isTopic(Objects.requireNonNull(topic, "topic"))) {
        throw new IllegalArgumentException(
            "expected topic of 1 to 255 UTF-8 bytes that does not begin with $, was \""
                + LogText.of(topic)
                + "\"");
      }
      topics.add(topic);
      return this;
    }

    /**
     * Adds a topic to follow that starts elsewhere than {@link #after}.
     *
     * @param after the id of the last message of this topic that the client has
     */
    public Builder topic(String topic, String after) {
      Objects.requireNonNull(after, "after");
      topic(topic);
      starts.put(topic, after);
      return this;
    }

    /** Sets the client's own random id; unset by default. */
    public Builder session(String session) {
      this.session = Objects.requireNonNull(session, "session");
      return this;
    }

    /**
     * Sets the id of the last message that the client has; unset by default: live messages only.
     */
    public Builder after(String after) {
      this.after = Objects.requireNonNull(after, "after");
      return this;
    }

    /** Sets whether the client asked for control messages; {@code false} by default. */
    public Builder controlMessages(boolean controlMessages) {
      this.controlMessages = controlMessages;
      return this;
    }

    /** Sets the peer's address; unset by default. */
    public Builder remoteAddress(SocketAddress remoteAddress) {
      this.remoteAddress = Objects.requireNonNull(remoteAddress, "remoteAddress");
      return this;
    }

    /** Sets the decoded path of the client's request; {@code /} by default. */
    public Builder path(String path) {
      this.path = Objects.requireNonNull(path, "path");
      return this;
    }

    /**
     * Sets the query of the client's request that the application sees; empty by default. {@link
     * HandshakeQuery#grant} sets it to the query that it was made of, without the protocol's own
     * parameters.
     *
     * @param rawQuery as it was sent, without the question mark
     * @throws IllegalArgumentException if it cannot be read: see {@link HandshakeQuery#parse}
     */
    public Builder query(String rawQuery) {
      HandshakeQuery.parametersOf(Objects.requireNonNull(rawQuery, "query"));
      this.query = rawQuery;
      return this;
    }

    /** Adds a header line of the client's request that the application sees; none by default. */
    public Builder header(String name, String value) {
      Objects.requireNonNull(value, "value");
      headers.add(Objects.requireNonNull(name, "name"));
      headers.add(value);
      return this;
    }

    /** Sets the client's attributes; none by default. */
    public Builder attributes(Attributes attributes) {
      this.attributes = Objects.requireNonNull(attributes, "attributes");
      return this;
    }

    /**
     * Sets one attribute of the client.
     *
     * @throws IllegalArgumentException as {@link Attributes#with}
     */
    public <T> Builder attribute(AttributeKey<T> key, T value) {
      return attributes(attributes.with(key, value));
    }

    /**
     * Sets when the client's credential ends. The hub then closes the client with 4001, at once if
     * the time has passed. By default, and with {@link Instant#MAX}, it does not end.
     */
    public Builder expiresAt(Instant end) {
      expiresAt = Objects.requireNonNull(end, "end").equals(Instant.MAX) ? null : end;
      return this;
    }

    /**
     * Sets the number of {@link Registrar#revocations} before the application was asked about this
     * client. The hub does not give topics that were taken from the user after that. Unset by
     * default: then revocations before the registration do not count.
     */
    public Builder decidedSince(long revocations) {
      this.decidedSince = revocations;
      return this;
    }

    /**
     * Returns the handshake.
     *
     * @throws IllegalArgumentException if path, query and header lines have more than {@value
     *     #MAX_REQUEST_CHARS} characters
     */
    public Handshake build() {
      int chars = chars(path, query, headers);
      if (chars > MAX_REQUEST_CHARS) {
        throw new IllegalArgumentException(
            "expected at most "
                + MAX_REQUEST_CHARS
                + " characters of path, query and headers, was "
                + chars);
      }
      return new Handshake(this);
    }
  }
}
