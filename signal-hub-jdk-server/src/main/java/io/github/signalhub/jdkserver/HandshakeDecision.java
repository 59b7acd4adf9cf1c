package io.github.signalhub.jdkserver;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.jdkserver.internal.net.Admission;
import io.github.signalhub.spi.HandshakeQuery;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a client may connect, as whom, and what it may follow. Immutable. */
public final class HandshakeDecision {
  private static final HandshakeDecision ANONYMOUS =
      new HandshakeDecision(new Admission.Admitted(Optional.empty(), Set.of()));
  private static final int MAX_USER_BYTES = 255;

  private final Admission.Verdict verdict;

  private HandshakeDecision(Admission.Verdict verdict) {
    this.verdict = verdict;
  }

  /** Lets the client connect, anonymously and without topics: it is sent broadcasts. */
  public static HandshakeDecision accept() {
    return ANONYMOUS;
  }

  /**
   * Refuses the client.
   *
   * @param status the answer's status, 400 to 599; 401 if it is not known who it is, 403 if that is
   *     known and not enough
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
    requireNonNull(reason, "reason");
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("expected a status of 400 to 599, was " + status);
    }
    return new HandshakeDecision(new Admission.Denied(status, reason));
  }

  /**
   * Says who the client is: it is sent what is sent to this user.
   *
   * @param user 1 to 255 UTF-8 bytes
   * @throws IllegalArgumentException if the name is longer or empty; a hook that lets this pass
   *     refuses the client with 400
   * @throws IllegalStateException if this is a refusal
   */
  public HandshakeDecision user(String user) {
    int bytes = requireNonNull(user, "user").getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > MAX_USER_BYTES) {
      throw new BadNameException("expected a user of 1 to 255 UTF-8 bytes, was " + bytes);
    }
    return new HandshakeDecision(new Admission.Admitted(Optional.of(user), admitted().topics()));
  }

  /**
   * Says what the client follows besides broadcasts; takes the place of what was said before.
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
    return new HandshakeDecision(new Admission.Admitted(admitted().user(), granted));
  }

  /**
   * Thrown for a name that a hook commonly takes from the request, so that it is the peer's fault.
   */
  static final class BadNameException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private BadNameException(String message) {
      super(message);
    }
  }

  Admission.Verdict verdict() {
    return verdict;
  }

  private Admission.Admitted admitted() {
    if (verdict instanceof Admission.Admitted admitted) {
      return admitted;
    }
    throw new IllegalStateException("a refusal has neither user nor topics");
  }
}
