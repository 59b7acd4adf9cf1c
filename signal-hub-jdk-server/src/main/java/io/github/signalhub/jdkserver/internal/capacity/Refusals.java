package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.spi.Loop;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Refuses requests and clients of which there are too many at once. An episode of refusals is
 * logged twice: a warning at the first refusal, and one with their number after {@value
 * #QUIET_SECONDS} seconds without a refusal. Thread-safe.
 */
public final class Refusals {
  private static final HubLogger LOG = HubLogger.of(Refusals.class);
  private static final int QUIET_SECONDS = 10;
  private static final Map<String, String> RETRY_AFTER = Map.of("Retry-After", "1");

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Reason, Episode> episodes = new EnumMap<>(Reason.class);

  /** The limit that was reached. */
  public enum Reason {
    REQUESTS("too many requests at once"),
    HANDSHAKES("too many handshakes at once"),
    BUFFERS("too many bytes of requests and responses at once"),
    SLOW_BODIES("too many slow request bodies at once"),
    SLOW_READERS("too many responses that are read slowly at once"),
    UNFINISHED_MESSAGES("too many bytes of unfinished messages at once");

    private final String text;

    Reason(String text) {
      this.text = text;
    }
  }

  private static final class Episode {
    private final long start = System.nanoTime();
    private long count = 1;
    private long checkedCount;
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
    lock.lock();
    try {
      Episode episode = episodes.get(reason);
      if (episode != null) {
        episode.count++;
        return;
      }
      episodes.put(reason, new Episode());
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

  private void checkLater(Reason reason, Loop loop) {
    loop.schedule(() -> check(reason, loop), TimeUnit.SECONDS.toNanos(QUIET_SECONDS));
  }

  private void check(Reason reason, Loop loop) {
    Episode episode;
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
    Map<Reason, Episode> ended;
    lock.lock();
    try {
      ended = new EnumMap<>(episodes);
      episodes.clear();
    } finally {
      lock.unlock();
    }
    ended.forEach(Refusals::end);
  }

  private static void end(Reason reason, Episode episode) {
    LOG.log(
        Level.WARNING,
        "Refused {0}: {1}, in {2} s",
        episode.count,
        reason.text,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - episode.start));
  }
}
