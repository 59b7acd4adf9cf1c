package io.github.signalhub.guides;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Tickets that open one connection each, within 30 seconds. Thread-safe. */
final class Tickets {
  private static final Duration LIFETIME = Duration.ofSeconds(30);

  private record Ticket(String user, Instant end) {}

  private final Map<String, Ticket> tickets = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final Clock clock;

  Tickets(Clock clock) {
    this.clock = clock;
  }

  /** Makes a ticket for a user that your API has authenticated. */
  String issue(String user) {
    Instant now = clock.instant();
    tickets.values().removeIf(ticket -> ticket.end().isBefore(now));
    byte[] secret = new byte[16];
    random.nextBytes(secret);
    String id = HexFormat.of().formatHex(secret);
    tickets.put(id, new Ticket(user, now.plus(LIFETIME)));
    return id;
  }

  /** Returns the user of a ticket, once. */
  Optional<String> redeem(String id) {
    return Optional.ofNullable(tickets.remove(id))
        .filter(ticket -> clock.instant().isBefore(ticket.end()))
        .map(Ticket::user);
  }
}
