package io.github.signalhub.jdkserver.internal.net;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether a server takes handshakes. Once it does not, it answers them with 503, and lets every
 * HTTP response be the last one of its connection. Thread-safe.
 */
final class Intake {
  private static final long MAX_SECONDS = Duration.ofDays(365).toSeconds();

  private volatile String retryAfter; // null while handshakes are taken

  /** Takes no more handshakes from now on. */
  void close(Duration after) {
    long seconds = Math.min(MAX_SECONDS, after.toSeconds());
    retryAfter = Long.toString(Math.max(1, after.getNano() > 0 ? seconds + 1 : seconds));
  }

  /** Returns when a client may ask again, in whole seconds; empty while handshakes are taken. */
  Optional<String> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  boolean isOpen() {
    return retryAfter == null;
  }
}
