package io.github.signalhub.testkit;

import static io.github.signalhub.connection.DisconnectReason.CREDENTIAL_EXPIRED;

import io.github.signalhub.connection.DisconnectReason;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Decides when a client reconnects after its connection ended (docs/protocol, "Endings"). Confined
 * to the test's thread.
 */
final class Comeback {
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int MOST_DOUBLINGS = 7;
  private static final long SPREAD_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final SplittableRandom random;
  private final boolean allowed;
  private int failures;
  private OptionalLong announced = OptionalLong.empty();

  Comeback(SplittableRandom random, boolean allowed) {
    this.random = random;
    this.allowed = allowed;
  }

  /** Records that a connection was established. */
  void succeeded() {
    failures = 0;
  }

  /** Records the delay that the server announced. */
  void announced(long millis) {
    announced = OptionalLong.of(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Returns the wait before the next connection; empty if the client must not reconnect. */
  OptionalLong delayNanos(DisconnectReason reason) {
    OptionalLong told = announced;
    announced = OptionalLong.empty();
    int code = reason.code();
    boolean isFinal = code >= 4000 && code < 4100 && code != CREDENTIAL_EXPIRED.code();
    if (!allowed || isFinal || code >= 4300) {
      return OptionalLong.empty();
    }
    if (code == 1001 || code == 1012) {
      return told.isPresent() ? told : OptionalLong.of(random.nextLong(SPREAD_NANOS));
    }
    boolean atOnce = code == CREDENTIAL_EXPIRED.code() || code >= 4200;
    if (atOnce && failures == 0) { // a hub that repeats it is not believed
      failures++;
      return OptionalLong.of(0);
    }
    if (code == 1006 || code == 1011 || atOnce || code >= 4100 && code < 4200) {
      long ceiling = FIRST_NANOS << Math.min(failures++, MOST_DOUBLINGS);
      return OptionalLong.of(ceiling / 2 + random.nextLong(ceiling / 2));
    }
    return OptionalLong.empty();
  }
}
