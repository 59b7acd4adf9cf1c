package io.github.signalhub.testkit.model;

import io.github.signalhub.testkit.Arrival;
import io.github.signalhub.testkit.SimulatedClient;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Checks one client beyond the guarantee. It keeps the client's tables as a dashboard would, and
 * reports gaps where no message can have left.
 */
final class Watcher {
  private final SimulatedClient client;
  private final boolean plain;
  private final Function<String, Truth> truth;
  private final Rights rights;
  private final Predicate<String> hasState;
  private final LongSupplier clock;
  private final Map<String, Map<String, Object>> tables = new HashMap<>();

  /** The rows that the client sent itself and knows without being sent them, by topic and key. */
  private final Map<String, Map<String, Own>> own = new HashMap<>();

  private int connection;
  private boolean lagged;
  private String epoch = "";
  private String clientId = "";

  /** The topics that were taken from the client. A frame in transit may still arrive. */
  private final Map<String, Integer> takenAway = new HashMap<>();

  /** The newest state of each topic that came on this connection and has not begun since. */
  private final Map<String, Arrival> stated = new HashMap<>();

  /** The topics that began after a state on this connection. */
  private final Set<String> begun = new HashSet<>();

  /** The connection on which no message newer than an id may arrive, and that id. */
  private int disconnected;

  private String newest = "";

  private record Own(String id, Object payload) {}

  Watcher(
      SimulatedClient client,
      boolean plain,
      Function<String, Truth> truth,
      Rights rights,
      Predicate<String> hasState,
      LongSupplier clock) {
    this.client = client;
    this.plain = plain;
    this.truth = truth;
    this.rights = rights;
    this.hasState = hasState;
    this.clock = clock;
    client.onArrival(this::arrived);
  }

  SimulatedClient client() {
    return client;
  }

  boolean isPlain() {
    return plain;
  }

  Map<String, Object> table(String topic) {
    return tables.computeIfAbsent(topic, t -> new TreeMap<>());
  }

  private void arrived(Arrival arrival) {
    if (connection != arrival.connection()) {
      connection = arrival.connection();
      lagged = false;
      clientId = "";
      takenAway.clear();
      stated.clear();
      begun.clear();
    }
    if (arrival.type().equals(States.TYPE)) {
      arrival.member("of").ifPresent(topic -> stated.put((String) topic, arrival));
    }
    switch (arrival.type()) {
      case "$hello" -> {
        epoch = id(arrival, "id").substring(0, 16);
        clientId = id(arrival, "clientId");
      }
      case "$left" -> {
        forget(id(arrival, "topic"));
        begun.remove(id(arrival, "topic"));
      }
      case "$gap" -> gap(arrival);
      case "$joined" -> {
        lagged |= arrival.member("ref").isEmpty(); // a table may have lagged
        takenAway.remove(id(arrival, "topic"));
        if (hasState.test(id(arrival, "topic"))) {
          checkState(id(arrival, "topic"), arrival);
        }
        joined(id(arrival, "topic"), id(arrival, "after"), id(arrival, "upTo"));
      }
      default -> apply(arrival);
    }
  }

  /** Checks that the newest state is that of this join, and that nothing is left out after it. */
  private void checkState(String topic, Arrival joined) {
    Arrival state = stated.remove(topic);
    Stage.require(
        state != null || begun.contains(topic), "a state comes before its topic: " + joined.text());
    begun.add(topic);
    if (state != null) {
      States.completeUpTo(topic, state)
          .ifPresent(
              upTo ->
                  Stage.require(
                      id(joined, "after").compareTo(upTo) <= 0,
                      "messages are left out after a state: " + joined.text()));
    }
  }

  /** Records a row that the client sent. Its page shows the row at once. */
  void sent(String topic, String key, Object payload, String id) {
    own.computeIfAbsent(topic, t -> new HashMap<>()).put(key, new Own(id, payload));
    set(topic, key, payload);
  }

  private void forget(String topic) {
    tables.remove(topic);
    own.remove(topic);
  }

  /** Begins a table that is sent from its first row. Later rows of the client itself stay. */
  private void joined(String topic, String after, String upTo) {
    if (topic.startsWith("c") && after.endsWith("-" + "0".repeat(16))) {
      Map<String, Own> rows = own.getOrDefault(topic, Map.of());
      rows.values().removeIf(row -> !row.id().startsWith(epoch) || row.id().compareTo(upTo) <= 0);
      tables.remove(topic);
      rows.forEach((key, row) -> set(topic, key, row.payload()));
    }
  }

  private void set(String topic, String key, Object payload) {
    if (payload == null) {
      table(topic).remove(key);
    } else {
      table(topic).put(key, payload);
    }
  }

  /** Returns whether the client itself sent a newer row of a message's key. */
  private boolean isOlderThanOwn(String topic, Arrival arrival) {
    Own newer = own.getOrDefault(topic, Map.of()).get(arrival.type());
    String id = arrival.id().orElse("");
    return newer != null && newer.id().startsWith(epoch) && newer.id().compareTo(id) > 0;
  }

  /** Records that the loop has done a leave, and the client has read all earlier frames. */
  void takenAway(String topic) {
    takenAway.put(topic, 0);
  }

  /** Records that the client's user was disconnected when this was the newest message. */
  void disconnected(String newest) {
    this.disconnected = client.connections();
    this.newest = newest;
  }

  private void apply(Arrival arrival) {
    Stage.require(
        arrival.connection() != disconnected || arrival.id().filter(this::isNewer).isEmpty(),
        "a message published after a user was disconnected is not sent: " + arrival.text());
    arrival.topic().ifPresent(topic -> checkRight(topic, arrival));
    arrival
        .topic()
        .filter(topic -> topic.startsWith("c"))
        .ifPresent(
            topic -> {
              if (!isOlderThanOwn(topic, arrival)) {
                set(topic, arrival.type(), arrival.payload());
              }
            });
  }

  /** Returns whether the hub that disconnected the user published an id afterwards. */
  private boolean isNewer(String id) {
    return id.startsWith(newest.substring(0, 17)) && id.compareTo(newest) > 0;
  }

  private void checkRight(String topic, Arrival arrival) {
    arrival.id().ifPresent(id -> rights.check(clientId, topic, id));
    Integer more = takenAway.computeIfPresent(topic, (name, count) -> count + 1);
    Stage.require(
        more == null || more <= 1,
        "only frames in transit come from a topic that was taken away: " + arrival.text());
  }

  private void gap(Arrival gap) {
    Optional<String> topic = gap.member("topic").map(String.class::cast);
    boolean reset = gap.member("reset").equals(Optional.of(true));
    Stage.require(
        reset == topic.filter(t -> t.startsWith("c")).isPresent(), "tables reset, streams do not");
    if (reset) {
      forget(topic.orElseThrow());
    }
    String next = id(gap, "next");
    String after = id(gap, "after");
    String known = epoch.isEmpty() ? next.substring(0, 16) : epoch;
    List<String> topics = topic.map(List::of).orElseGet(this::nameless);
    boolean comparable = after.matches("[0-9a-f]{16}-[0-9]{16}") && after.startsWith(known);
    boolean again = lagged;
    lagged = true;
    if (!comparable || after.compareTo(next) >= 0) {
      return; // its start was no id of any hub
    }
    boolean lost =
        truth.apply(known).mayHaveLost(topics, reset ? "" : after, next, clock.getAsLong());
    Stage.require(lost || again, "a gap is sent only where messages have left: " + gap.text());
  }

  private List<String> nameless() {
    return List.of("", Truth.STATES, client.user().orElse(""));
  }

  private static String id(Arrival arrival, String member) {
    return (String) arrival.member(member).orElseThrow();
  }
}
