package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.counters.Counters;
import io.github.signalhub.internal.logger.Episode;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.spi.Loop;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Refuses requests and clients of which there are too many at once. An episode of refusals is
 * logged twice: a warning at the first refusal, and one with their number after {@value
 * #QUIET_SECONDS} seconds without a refusal.
 *
 * <p>Each refusal counts as a hit of its limit. If it is not one address that has its share, but
 * nothing is left for others either, the server is overloaded. So one address alone cannot make the
 * server look overloaded, and have it taken out of service.
 *
 * <p>Thread-safe.
 */
public final class Refusals {
  private static final HubLogger LOG = HubLogger.of(Refusals.class);
  private static final int QUIET_SECONDS = 10;
  private static final Map<String, String> RETRY_AFTER = Map.of("Retry-After", "1");

  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(QUIET_SECONDS);

  private final Counters<Limit> limits;
  private final Predicate<Reason> isExhausted;
  private final Episode overload;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Reason, Count> episodes = new EnumMap<>(Reason.class); // guarded by it

  /** The reason why something is refused, and the limit that was reached. */
  public enum Reason {
    REQUESTS("too many requests at once", Limit.MAX_CONCURRENT_EXCHANGES),
    HANDLER_THREADS("too many requests for the threads of handlers", Limit.HANDLER_EXECUTOR),
    HANDSHAKES("too many handshakes at once", Limit.MAX_CONCURRENT_EXCHANGES),
    HOOK_THREADS("too many handshakes for the threads of hooks", Limit.HANDSHAKE_EXECUTOR),
    BUFFERS("too many bytes of requests and responses at once", Limit.MAX_BUFFERED_BYTES),
    SLOW_BODIES("too many slow request bodies at once", Limit.MAX_SLOW_PEERS),
    SLOW_READERS("too many responses that are read slowly at once", Limit.MAX_SLOW_PEERS),
    UNFINISHED_MESSAGES(
        "too many bytes of unfinished messages at once", Limit.MAX_UNFINISHED_BYTES);

    private final String text;
    private final Limit limit;

    Reason(String text, Limit limit) {
      this.text = text;
      this.limit = limit;
    }
  }

  /** The refusals of one episode. */
  private static final class Count {
    private final long start = System.nanoTime();
    private long count = 1;
    private long checkedCount;
  }

  /**
   * Creates refusals without an episode.
   *
   * @param limits counts the limits that are reached
   * @param isExhausted returns whether nothing is left for an address that has nothing yet
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  Refusals(Counters<Limit> limits, Predicate<Reason> isExhausted, LongSupplier nanoClock) {
    this.limits = limits;
    this.isExhausted = isExhausted;
    this.overload = new Episode(nanoClock, Duration.ofSeconds(QUIET_SECONDS));
  }

  /** Returns the refusal of a request, and counts it. */
  public HttpException refuse(Reason reason, Loop loop, InetSocketAddress peer) {
    count(reason, loop, peer);
    return new HttpException(503, reason.text, RETRY_AFTER);
  }

  /**
   * Counts a refusal.
   *
   * @param loop checks later whether the episode is over
   * @param peer named in the log if its refusal is the first
   */
  public void count(Reason reason, Loop loop, InetSocketAddress peer) {
    limits.count(reason.limit);
    if (isExhausted.test(reason)) {
      overload.begins();
    }
    lock.lock();
    try {
      Count episode = episodes.get(reason);
      if (episode != null) {
        episode.count++;
        return;
      }
      episodes.put(reason, new Count());
    } finally {
      lock.unlock();
    }
    LOG.log(
        Level.WARNING,
        "Refusing some: {0}; the first is of {1}",
        reason.text,
        peer.getAddress().getHostAddress());
    checkLater(reason, loop);
  }

  /**
   * Returns for how long the server has been overloaded, without {@value #QUIET_SECONDS} seconds in
   * which it was not; zero while it is not.
   */
  public Duration overloadedFor() {
    return overload.lasting();
  }

  /** Returns whether an episode of refusals runs. */
  public boolean isRefusing(Reason reason) {
    lock.lock();
    try {
      return episodes.containsKey(reason);
    } finally {
      lock.unlock();
    }
  }

  private void checkLater(Reason reason, Loop loop) {
    loop.schedule(() -> check(reason, loop), QUIET_NANOS);
  }

  private void check(Reason reason, Loop loop) {
    Count episode;
    boolean over;
    lock.lock();
    try {
      episode = episodes.get(reason);
      if (episode == null) {
        return; // the server has stopped
      }
      over = episode.count == episode.checkedCount;
      episode.checkedCount = episode.count;
      if (over) {
        episodes.remove(reason);
      }
    } finally {
      lock.unlock();
    }
    if (over) {
      end(reason, episode);
    } else {
      checkLater(reason, loop);
    }
  }

  /** Ends all episodes, because the server stops. */
  public void end() {
    Map<Reason, Count> ended;
    lock.lock();
    try {
      ended = new EnumMap<>(episodes);
      episodes.clear();
    } finally {
      lock.unlock();
    }
    ended.forEach(Refusals::end);
  }

  private static void end(Reason reason, Count episode) {
    LOG.log(
        Level.WARNING,
        "Refused {0}: {1}, in {2} s",
        episode.count,
        reason.text,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - episode.start));
  }
}
