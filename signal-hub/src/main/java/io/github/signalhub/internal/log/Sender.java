package io.github.signalhub.internal.log;

import io.github.signalhub.spi.Handshake;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The client that a message came from, so that the message is not sent back to it. A client with a
 * session is the same sender on each of its connections. A session is one user's: another user who
 * names it is another sender. Immutable.
 */
public final class Sender {
  /** The bytes that a sender takes besides its characters: about three objects and two arrays. */
  private static final int OVERHEAD_BYTES = 104;

  private final String user; // null: none
  private final String session; // null: it has none, so its id counts
  private final String clientId;

  /**
   * Creates the sender that a client is.
   *
   * @param clientId the id of this connection
   */
  public Sender(Handshake handshake, String clientId) {
    this.user = handshake.user().orElse(null);
    this.session = handshake.session().orElse(null);
    this.clientId = session == null ? Objects.requireNonNull(clientId, "clientId") : null;
  }

  private Sender(String user, String session, String clientId) {
    this.user = user;
    this.session = session;
    this.clientId = clientId;
  }

  /**
   * Returns the sender of these {@link #names}.
   *
   * @throws IllegalArgumentException if they name none
   */
  public static Sender ofNames(List<String> names) {
    if (names.size() != 3 || (names.get(1) == null) == (names.get(2) == null)) {
      throw new IllegalArgumentException("expected a user, and either a session or a client");
    }
    return new Sender(names.get(0), names.get(1), names.get(2));
  }

  /** Returns its user, session and client id, of which two may be {@code null}. */
  public List<String> names() {
    return Arrays.asList(user, session, clientId);
  }

  /** Returns how many bytes an entry counts for its sender. */
  int bytes() {
    return OVERHEAD_BYTES + nameBytes(user) + nameBytes(session) + nameBytes(clientId);
  }

  private static int nameBytes(String text) {
    return text == null ? 0 : Topic.nameBytes(text);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Sender same
            && Objects.equals(session, same.session)
            && Objects.equals(clientId, same.clientId)
            && Objects.equals(user, same.user);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hashCode(session) + Objects.hashCode(clientId);
  }
}
