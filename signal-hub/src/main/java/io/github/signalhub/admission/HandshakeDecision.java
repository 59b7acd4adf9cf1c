package io.github.signalhub.admission;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.admission.Verdict.Refused;
import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.connection.Attributes;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.settings.Setting;
import io.github.signalhub.spi.HandshakeQuery;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * A decision: whether a client may connect, as which user, which topics it follows, which
 * attributes it has, and when its credential ends. Immutable.
 */
public final class HandshakeDecision {
  private static final HandshakeDecision ANONYMOUS =
      new HandshakeDecision(
          Optional.empty(), Optional.empty(), Set.of(), Attributes.NONE, Instant.MAX);

  private final Optional<Refused> refusal;
  private final Optional<String> user;
  private final Set<String> topics;
  private final Attributes attributes;
  private final Instant end;

  private HandshakeDecision(
      Optional<Refused> refusal,
      Optional<String> user,
      Set<String> topics,
      Attributes attributes,
      Instant end) {
    this.refusal = refusal;
    this.user = user;
    this.topics = topics;
    this.attributes = attributes;
    this.end = end;
  }

  /** Lets the client connect without a user and without topics. It gets broadcasts. */
  public static HandshakeDecision accept() {
    return ANONYMOUS;
  }

  /**
   * Refuses the client.
   *
   * @param status the answer's status, 400 to 599; 401 if the client is not authenticated, 403 if
   *     it is and may not connect
   * @throws IllegalArgumentException if the status is another one
   */
  public static HandshakeDecision refuse(int status) {
    return refuse(status, "refused");
  }

  /**
   * Refuses the client.
   *
   * @param status as for {@link #refuse(int)}
   * @param reason the text of the answer, for people who debug; a browser's page does not see it
   * @throws IllegalArgumentException if the status is not 400 to 599
   */
  public static HandshakeDecision refuse(int status, String reason) {
    return new HandshakeDecision(
        Optional.of(new Refused(status, reason)),
        Optional.empty(),
        Set.of(),
        Attributes.NONE,
        Instant.MAX);
  }

  /**
   * Sets the user. The client gets all messages to this user.
   *
   * @param user 1 to 255 UTF-8 bytes
   * @throws IllegalArgumentException if the name is longer or empty; a hook that lets this pass
   *     refuses the client with 400
   * @throws IllegalStateException if this is a refusal
   */
  public HandshakeDecision user(String user) {
    if (!HandshakeQuery.isUser(requireNonNull(user, "user"))) {
      throw new BadNameException(
          "expected a user of 1 to 255 UTF-8 bytes, was one of " + user.length() + " characters");
    }
    requireAccepted();
    return new HandshakeDecision(refusal, Optional.of(user), topics, attributes, end);
  }

  /**
   * Sets the topics that the client follows besides broadcasts, in place of those set before.
   *
   * @param topics names of 1 to 255 UTF-8 bytes that do not begin with {@code $}
   * @throws IllegalArgumentException if a name is none of those; a hook that lets this pass refuses
   *     the client with 400
   * @throws IllegalStateException if this is a refusal
   */
  public HandshakeDecision topics(String... topics) {
    return topics(Setting.all("topics", topics));
  }

  /** As {@link #topics(String...)}. */
  public HandshakeDecision topics(Collection<String> topics) {
    Set<String> granted = Set.copyOf(requireNonNull(topics, "topics"));
    if (!granted.stream().allMatch(HandshakeQuery::isTopic)) {
      throw new BadNameException(
          "expected topics of 1 to 255 UTF-8 bytes that do not begin with $");
    }
    requireAccepted();
    return new HandshakeDecision(refusal, user, granted, attributes, end);
  }

  /**
   * Gives the client an attribute, such as its role. Listeners and {@code authorizeJoins} see it by
   * {@code Client.attribute}. It is sent to no client, and written to no log.
   *
   * @param value what the key stands for, in place of a value that was set before
   * @throws IllegalArgumentException if the value is not of the key's class, or if another key of
   *     the same name has another class. A hook that lets this pass has failed: the client gets 500
   * @throws IllegalStateException if this is a refusal
   */
  public <T> HandshakeDecision attribute(AttributeKey<T> key, T value) {
    Attributes changed = attributes.with(requireNonNull(key, "key"), value);
    requireAccepted();
    return new HandshakeDecision(refusal, user, topics, changed, end);
  }

  /**
   * Sets when the credential of the client ends, such as its token. By default it does not end. The
   * hub then closes the client with {@link DisconnectReason#CREDENTIAL_EXPIRED} (4001), unless
   * {@code Client.expiresAt} renewed it. Clients of this project come back at once, with a fresh
   * token if they fetch one for each connection.
   *
   * @param end by the wall clock. If it has come when this decision counts, the client is refused
   *     with 401. {@link Instant#MAX}: never
   * @throws IllegalStateException if this is a refusal
   */
  public HandshakeDecision expiresAt(Instant end) {
    requireNonNull(end, "end");
    requireAccepted();
    return new HandshakeDecision(refusal, user, topics, attributes, end);
  }

  /** Thrown for a bad name. Hooks commonly take names from the request, so the client is told. */
  static final class BadNameException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private BadNameException(String message) {
      super(message);
    }
  }

  /** Returns the refusal; empty if the client may connect. */
  Optional<Refused> refusal() {
    return refusal;
  }

  Optional<String> grantedUser() {
    return user;
  }

  Set<String> grantedTopics() {
    return topics;
  }

  Attributes attributes() {
    return attributes;
  }

  /** Returns when the credential ends; {@link Instant#MAX}: never. */
  Instant end() {
    return end;
  }

  private void requireAccepted() {
    if (refusal.isPresent()) {
      throw new IllegalStateException("a refusal says nothing else about the client");
    }
  }
}
