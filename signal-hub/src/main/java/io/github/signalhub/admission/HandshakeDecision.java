package io.github.signalhub.admission;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.admission.Verdict.Refused;
import io.github.signalhub.spi.HandshakeQuery;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A decision: whether a client may connect, as which user, and which topics it follows. Immutable.
 */
public final class HandshakeDecision {
  private static final HandshakeDecision ANONYMOUS =
      new HandshakeDecision(Optional.empty(), Optional.empty(), Set.of());

  private final Optional<Refused> refusal;
  private final Optional<String> user;
  private final Set<String> topics;

  private HandshakeDecision(Optional<Refused> refusal, Optional<String> user, Set<String> topics) {
    this.refusal = refusal;
    this.user = user;
    this.topics = topics;
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
        Optional.of(new Refused(status, reason)), Optional.empty(), Set.of());
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
    return new HandshakeDecision(refusal, Optional.of(user), topics);
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
    return topics(List.of(topics));
  }

  /** As {@link #topics(String...)}. */
  public HandshakeDecision topics(Collection<String> topics) {
    Set<String> granted = Set.copyOf(topics);
    if (!granted.stream().allMatch(HandshakeQuery::isTopic)) {
      throw new BadNameException(
          "expected topics of 1 to 255 UTF-8 bytes that do not begin with $");
    }
    requireAccepted();
    return new HandshakeDecision(refusal, user, granted);
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

  private void requireAccepted() {
    if (refusal.isPresent()) {
      throw new IllegalStateException("a refusal has neither user nor topics");
    }
  }
}
