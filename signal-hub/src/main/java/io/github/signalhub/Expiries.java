package io.github.signalhub;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.Loop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.TreeSet;

/**
 * The clients of one loop whose credentials end, the soonest first. One timer serves them all. It
 * runs while there is such a client, and looks at the wall clock at least every {@value
 * #LOOK_SECONDS} seconds: a timer does not notice that the clock was set, or that the machine
 * slept.
 *
 * <p>A client costs an entry of the set (40 bytes), until it is gone. Many clients that end
 * together are closed in slices, so that the loop gets to its sockets. Confined to the loop.
 */
final class Expiries {
  static final int LOOK_SECONDS = 10;
  static final int SLICE_CLIENTS = 256;

  private static final Duration LOOK = Duration.ofSeconds(LOOK_SECONDS);
  private static final Comparator<Client> SOONEST_FIRST =
      Comparator.<Client, Instant>comparing(client -> client.watchedEnd)
          .thenComparing(client -> client.id());

  private final Loop loop;
  private final InstantSource clock;
  private final Loop.Timer timer;
  private final TreeSet<Client> clients = new TreeSet<>(SOONEST_FIRST);

  Expiries(Loop loop, InstantSource clock) {
    this.loop = loop;
    this.clock = clock;
    timer = loop.timer(this::look);
  }

  /** Takes note that the end of a client's credential was set or changed. */
  void update(Client client) {
    remove(client);
    Instant end = client.expiresAt().orElse(null);
    if (end == null || client.isGone()) {
      return;
    }
    Instant now = clock.instant();
    if (!end.isAfter(now)) {
      client.expire(now);
      return;
    }
    client.watchedEnd = end;
    clients.add(client);
    if (clients.first() == client) {
      startTimer(now);
    }
  }

  /** Forgets a client. */
  void remove(Client client) {
    if (client.watchedEnd != null) {
      clients.remove(client);
      client.watchedEnd = null;
      if (clients.isEmpty()) {
        timer.cancel();
      }
    }
  }

  private void look() {
    Instant now = clock.instant();
    for (int i = 0; i < SLICE_CLIENTS && isFirstDue(now); i++) {
      Client client = clients.pollFirst();
      client.watchedEnd = null;
      try {
        client.expire(now);
      } catch (Throwable e) { // the others end all the same; other languages throw what Java checks
        HubLogger.HUB.log(Level.WARNING, "A connection failed to close", e);
      }
    }
    if (isFirstDue(now)) {
      loop.execute(this::look);
    } else if (!clients.isEmpty()) {
      startTimer(now);
    }
  }

  private boolean isFirstDue(Instant now) {
    return !clients.isEmpty() && !clients.first().watchedEnd.isAfter(now);
  }

  private void startTimer(Instant now) {
    Duration left = Duration.between(now, clients.first().watchedEnd);
    timer.start((left.compareTo(LOOK) < 0 ? left : LOOK).toNanos());
  }
}
