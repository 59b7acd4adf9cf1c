package io.github.signalhub.spi;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A way for clients to reach a hub: it accepts links, registers them and moves their bytes.
 *
 * <p>A transport is attached to one hub. It goes through {@link #start}, {@link #stopAccepting} and
 * {@link #stop} in this order, each at most once. {@link #stop} may also come first.
 * Implementations are thread-safe.
 */
public interface Transport {
  /** Returns a short name for logs and statistics, such as {@code "jdk-server"}. */
  String name();

  /**
   * Opens the transport; from now on it may register links.
   *
   * @param registrar where links are registered: the hub
   * @throws IOException if it cannot be opened, for example because a port is in use; nothing is
   *     left open then
   */
  void start(Registrar registrar) throws IOException;

  /**
   * Refuses new links from now on and leaves the existing ones alone. Returns without blocking.
   *
   * @param retryAfter in which time a peer that is refused may come back; see {@link #retryAfter}
   */
  void stopAccepting(Duration retryAfter);

  /**
   * Returns the time that {@link #stopAccepting} was told; empty while new links are accepted. A
   * peer that is refused learns of it by the {@code Retry-After} of a 503.
   */
  Optional<Duration> retryAfter();

  /**
   * Cuts every link that is left and releases threads and ports. Each link is still {@linkplain
   * Registrar#unregister unregistered}. Idempotent; may wait a moment for threads to end, but never
   * for a peer.
   */
  void stop();
}
