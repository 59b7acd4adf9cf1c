package io.github.signalhub.spi;

import java.net.SocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The agreement with a client when its link was opened. A transport fills it after its
 * authorisation hook agreed. So the topics in it are granted, not merely asked for. Immutable.
 */
public final class Handshake {
  private final String user;
  private final Set<String> topics;
  private final Map<String, String> starts;
  private final String after;
  private final String session;
  private final boolean controlMessages;
  private final SocketAddress remoteAddress;
  private final long decidedSince;

  private Handshake(Builder builder) {
    user = builder.user;
    topics = Collections.unmodifiableSet(new LinkedHashSet<>(builder.topics));
    starts = Collections.unmodifiableMap(new LinkedHashMap<>(builder.starts));
    after = builder.after;
    session = builder.session;
    controlMessages = builder.controlMessages;
    remoteAddress = builder.remoteAddress;
    decidedSince = builder.decidedSince;
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

  /**
   * Returns the number of {@link Registrar#revocations} before it was decided; {@link
   * Long#MAX_VALUE} if nobody had to decide.
   */
  public long decidedSince() {
    return decidedSince;
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
    private long decidedSince = Long.MAX_VALUE;

    private Builder() {}

    /** Sets the client's user; unset by default. */
    public Builder user(String user) {
      this.user = Objects.requireNonNull(user, "user");
      return this;
    }

    /** Adds a topic to follow; none by default. */
    public Builder topic(String topic) {
      topics.add(Objects.requireNonNull(topic, "topic"));
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

    /**
     * Sets the number of {@link Registrar#revocations} before the application was asked about this
     * client. The hub does not give topics that were taken from the user after that. Unset by
     * default: then revocations before the registration do not count.
     */
    public Builder decidedSince(long revocations) {
      this.decidedSince = revocations;
      return this;
    }

    /** Returns the handshake. */
    public Handshake build() {
      return new Handshake(this);
    }
  }
}
