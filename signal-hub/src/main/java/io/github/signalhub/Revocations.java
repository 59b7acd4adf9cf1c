package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The rights that were taken from users lately. Handshakes that are being decided need them. Their
 * clients are not there yet, and the decision may not know of the revocation. Each handshake says
 * how many revocations there were before its decision began; later ones hold against it.
 *
 * <p>Only the latest {@value #MAX} are known. A handshake that began before one that was forgotten
 * has to be decided again. Thread-safe.
 */
final class Revocations {
  static final int MAX = 4_096;

  /** Tells a client to come back at once. */
  static final DisconnectReason DECIDE_AGAIN = new DisconnectReason(4200, "decided too long ago");

  // guarded by this; the oldest first
  private final Map<Right, Revocation> latest = new LinkedHashMap<>();
  private long count;
  private long forgotten;

  /** A right of a user: a topic, or to be connected at all ({@code ""}). */
  private record Right(String user, String topic) {
    @Override
    public boolean equals(Object other) { // the JDK's own keeps our class loader: ClassLoaderTest
      return other instanceof Right same && user.equals(same.user) && topic.equals(same.topic);
    }

    @Override
    public int hashCode() {
      return 31 * user.hashCode() + topic.hashCode();
    }
  }

  /** The number of a revocation, and why the user's clients are closed. */
  private record Revocation(long number, DisconnectReason reason) {}

  /** Returns how many there were so far. */
  synchronized long count() {
    return count;
  }

  /** Notes that a user may not follow a topic any more. */
  void ofTopic(String user, String topic) {
    add(new Right(user, topic), null);
  }

  /** Notes that all clients of a user are closed. */
  void ofUser(String user, DisconnectReason reason) {
    add(new Right(user, ""), reason);
  }

  /** Returns whether a user may not follow a topic by a decision that began at a count. */
  synchronized boolean isRevoked(String user, String topic, long since) {
    return isAfter(latest.get(new Right(user, topic)), since);
  }

  /** Returns why a client of a user is closed that was admitted by a decision begun at a count. */
  synchronized Optional<DisconnectReason> closes(String user, long since) {
    Revocation revocation = latest.get(new Right(user, ""));
    if (isAfter(revocation, since)) {
      return Optional.of(revocation.reason);
    }
    return since < forgotten ? Optional.of(DECIDE_AGAIN) : Optional.empty();
  }

  private synchronized void add(Right right, DisconnectReason reason) {
    count++;
    latest.remove(right); // so that it moves to the end
    latest.put(right, new Revocation(count, reason));
    if (latest.size() > MAX) {
      Iterator<Revocation> oldest = latest.values().iterator();
      forgotten = oldest.next().number;
      oldest.remove();
    }
  }

  private static boolean isAfter(Revocation revocation, long since) {
    return revocation != null && revocation.number > since;
  }
}
