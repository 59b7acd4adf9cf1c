package io.github.signalhub.testkit.nodes;

import static io.github.signalhub.testkit.nodes.NodesStage.require;

import io.github.signalhub.testkit.Arrival;
import io.github.signalhub.testkit.SimulatedClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads what a client received from several nodes. Requires that nothing comes twice or out of
 * order, and that an id names one message. If there are two engines for a while, messages may come
 * again, but only after a told gap. Confined to one thread.
 */
final class NodesReader {
  private final SimulatedClient client;
  private final boolean mayHaveGaps;
  private final boolean mayRepeatAfterGap;
  private final Map<String, String> names;
  private final Map<String, Object> table = new TreeMap<>();
  private final Set<String> seen = new HashSet<>();

  /** Those that must not come again. */
  private final Set<String> known = new HashSet<>();

  /** The newest number of each hub. */
  private final Map<String, Integer> newest = new HashMap<>();

  private final List<Loss> losses = new ArrayList<>();
  private long start = Long.MAX_VALUE;

  /** A told gap in the stream: what lies between two ids may be missing. */
  private record Loss(String after, String next) {
    private boolean covers(String id) {
      boolean isBefore = epoch(after).equals(epoch(id)) && offset(id) <= offset(after);
      return offset(id) < offset(next) && !isBefore;
    }
  }

  NodesReader(
      SimulatedClient client,
      boolean mayHaveGaps,
      boolean mayRepeatAfterGap,
      Map<String, String> names) {
    this.client = client;
    this.mayHaveGaps = mayHaveGaps;
    this.mayRepeatAfterGap = mayRepeatAfterGap;
    this.names = names;
  }

  SimulatedClient client() {
    return client;
  }

  /** Returns the client's rows by key. */
  Map<String, Object> table() {
    return table;
  }

  /** Reads everything. Called once. */
  void read() {
    client.arrivals().forEach(this::read);
  }

  private void read(Arrival arrival) {
    switch (arrival.type()) {
      case "$hello" -> hello(arrival);
      case "$gap" -> gap(arrival);
      case "$joined" -> joined(arrival);
      default -> arrival.id().ifPresent(id -> message(arrival, id));
    }
  }

  private void hello(Arrival hello) {
    String id = text(hello, "id");
    if (start == Long.MAX_VALUE) {
      start = offset(id);
    } else if (!hello.member("resumed").equals(Optional.of(true))) {
      require(mayHaveGaps, client + " did not resume: " + hello.text());
      lose(new Loss("", id.substring(0, 17) + "%016d".formatted(offset(id) + 1)));
    }
  }

  private void gap(Arrival gap) {
    require(mayHaveGaps, client + " got a gap: " + gap.text());
    Optional<Object> topic = gap.member("topic");
    if (topic.equals(Optional.of(NodesStage.TABLE))) {
      table.clear();
    } else if (topic.equals(Optional.of(NodesStage.STREAM))) {
      lose(new Loss(text(gap, "after"), text(gap, "next")));
    }
  }

  private void lose(Loss told) {
    losses.add(told);
    if (mayRepeatAfterGap) { // the client may have come from the other engine
      known.clear();
      newest.clear();
    }
  }

  private void joined(Arrival joined) {
    boolean isWhole = offset(text(joined, "after")) == 0;
    if (text(joined, "topic").equals(NodesStage.TABLE) && isWhole) {
      table.clear();
    }
  }

  private void message(Arrival message, String id) {
    String text = message.type() + " " + message.payload();
    String other = names.putIfAbsent(id, text);
    require(other == null || other.equals(text), id + " names " + other + " and " + text);
    if (message.repeated()) {
      return;
    }
    if (message.topic().equals(Optional.of(NodesStage.TABLE))) {
      if (message.payload() == null) {
        table.remove(message.type());
      } else {
        table.put(message.type(), message.payload());
      }
      return;
    }
    String payload = (String) message.payload();
    seen.add(payload);
    require(known.add(payload), client + " got " + payload + " twice, now as " + id);
    int colon = payload.indexOf(':');
    int number = Integer.parseInt(payload.substring(colon + 1));
    Integer before = newest.put(payload.substring(0, colon), number);
    require(before == null || before < number, client + " got " + payload + " after " + before);
  }

  /** Requires that an accepted message was seen, or that the client was told of a gap there. */
  void requireSeenOrTold(String text, String id) {
    require(
        seen.contains(text)
            || offset(id) <= start
            || losses.stream().anyMatch(loss -> loss.covers(id)),
        client + " was not sent " + text + ", which is " + id);
  }

  private static String text(Arrival arrival, String member) {
    return (String) arrival.member(member).orElseThrow();
  }

  private static String epoch(String id) {
    return id.isEmpty() ? "" : id.substring(0, 16);
  }

  private static long offset(String id) {
    return id.isEmpty() ? 0 : Long.parseLong(id.substring(17));
  }
}
