package io.github.signalhub.testkit;

import io.github.signalhub.testkit.Publications.Published;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the arrivals of one client with the publications, from the first to the last. Throws
 * where the guarantee is broken. Confined to the test's thread.
 */
final class GuaranteeReader {
  private static final String BROADCASTS = "";
  private static final Duration NEVER = Duration.ofNanos(-1);
  private static final String NOTHING = "-0000000000000000";

  private final SimulatedClient client;
  private final Publications published;
  private final String where;

  /** For each topic, the id up to which the client has every message, announced gaps aside. */
  private final Map<String, String> complete = new HashMap<>();

  private final Map<String, List<Loss>> losses = new HashMap<>();
  private final Set<String> untold = new HashSet<>();

  /** For each topic, the time when the client last started from its oldest entry. */
  private final Map<String, Duration> knewNothing = new HashMap<>();

  /** The topics that were joined without a catch-up and have sent nothing since, with the time. */
  private final Map<String, Duration> joinedAt = new HashMap<>();

  /** The topics of the greeting that begin later. Nothing of them comes before. */
  private final Set<String> held = new HashSet<>();

  /** The topics that begin with a state, because the client asks for them after offset 0. */
  private final Set<String> stateless = new HashSet<>();

  /** The states that came since the greeting: for each topic, the id up to which it is complete. */
  private final Map<String, String> states = new HashMap<>();

  /** For each topic, the time up to which rows of the client itself may be sent to it. */
  private final Map<String, Duration> begunAnew = new HashMap<>();

  /** The topics that the client was told to forget on this connection. */
  private final Set<String> forgotten = new HashSet<>();

  private Optional<String> catchingUp = Optional.empty();
  private String upTo = "";
  private String last = "";
  private boolean greeted;
  private Arrival reading;

  /** A gap: messages between two ids, both exclusive, may be missing. */
  private record Loss(String after, String next) {
    boolean covers(String id) {
      return id.compareTo(after) > 0 && id.compareTo(next) < 0;
    }
  }

  GuaranteeReader(SimulatedClient client, Publications published, String where) {
    this.client = client;
    this.published = published;
    this.where = where;
  }

  void read(Arrival arrival) {
    reading = arrival;
    switch (arrival.type()) {
      case "$hello" -> hello(arrival);
      case "$joined" -> joined(arrival);
      case "$sync" -> synced(arrival.text("id").orElseThrow());
      case "$gap" -> gap(arrival);
      case "$left" -> left(arrival.text("topic").orElseThrow());
      default -> arrival.id().ifPresent(id -> message(arrival, id));
    }
  }

  /** Checks that no message is still missing, up to the id of the hub's newest message. */
  void finish(Optional<String> newest) {
    require(newest.isEmpty() || reading != null || client.isPlain(), "the client got no message");
    require(catchingUp.isEmpty(), "the catch-up of " + catchingUp.orElse("") + " did not end");
    require(untold.isEmpty(), "no gap announced the restart of the hub in " + untold);
    newest.ifPresent(
        id -> {
          boolean older =
              !last.isEmpty() && !isOf(id, last) && published.containsAnyOf(epoch(last));
          require(!older, "the client does not know of the hub's restart");
          complete.forEach((topic, from) -> requireComplete(topic, from, epoch(from) + "~"));
        });
  }

  private void hello(Arrival hello) {
    greeted = true;
    forgotten.forEach(topic -> begunAnew.put(topic, hello.at())); // rows of the last connection
    forgotten.clear();
    String start = hello.text("id").orElseThrow();
    boolean restarted = !last.isEmpty() && !epoch(start).equals(epoch(last));
    require(
        !restarted || !hello.member("resumed").equals(Optional.of(true)),
        "the client resumed at a hub that had restarted");
    Set<String> topics = nameless();
    ((List<?>) hello.member("topics").orElseThrow()).forEach(topic -> topics.add((String) topic));
    Map<?, ?> catchUps = (Map<?, ?>) hello.member("catchUps").orElse(Map.of());
    held.clear();
    catchUps.keySet().forEach(topic -> held.add((String) topic));
    states.clear();
    untold.clear(); // "resumed": false told the client even if its link broke before the gaps
    complete.keySet().retainAll(topics);
    catchingUp = Optional.empty();
    for (String topic : topics) {
      String from = catchUps.get(topic) instanceof String id ? begin(topic, id, start) : start;
      if (restarted && complete.containsKey(topic)) {
        if (!asksForState(topic)) {
          untold.add(topic);
        }
        complete.put(topic, from);
      }
      complete.putIfAbsent(topic, from);
      beginsBehind(topic, from);
      begunAnew.put(topic, hello.at()); // the last connection may have ended before $gap or $left
      stateless.remove(topic);
      if (published.states().containsKey(topic) && asksForAll(catchUps.get(topic))) {
        stateless.add(topic);
      }
    }
    if (restarted || last.isEmpty()) {
      last = start;
    }
  }

  private void joined(Arrival joined) {
    require(catchingUp.isEmpty(), "a catch-up began before the last one ended");
    catchingUp = joined.text("topic");
    upTo = joined.text("upTo").orElseThrow();
    String topic = catchingUp.orElseThrow();
    String after = known(joined.text("after").orElseThrow(), upTo);
    held.remove(topic);
    beginsWithState(topic, after);
    if (complete.putIfAbsent(topic, after) == null && after.equals(upTo)) {
      joinedAt.put(topic, joined.at());
    }
    beginsBehind(topic, after);
    if (after.equals(upTo)) { // no catch-up
      moveTo(topic, upTo);
    }
  }

  /** Returns after which id a topic begins. One with a state may begin after the hub's position. */
  private String begin(String topic, String asked, String position) {
    boolean later = published.states().containsKey(topic) && isOf(asked, position);
    return later ? asked : known(asked, position);
  }

  /** Returns whether a client asks for a state, because it has none or one of an empty hub. */
  private boolean asksForState(String topic) {
    return stateless.contains(topic)
        || published.states().containsKey(topic) && asksForAll(complete.get(topic));
  }

  private static boolean asksForAll(Object after) {
    return after instanceof String id && id.endsWith(NOTHING);
  }

  /** Checks that a state and the messages that follow it leave nothing out. */
  private void beginsWithState(String topic, String after) {
    String state = states.remove(topic);
    if (state != null && after.compareTo(state) <= 0) { // else it is of a join that was left
      complete.put(topic, after);
    } else {
      boolean whole = after.endsWith(NOTHING); // a table is, or all messages ever
      require(whole || !stateless.contains(topic), "no state came before the messages of " + topic);
    }
    stateless.remove(topic);
  }

  private void left(String topic) {
    held.remove(topic);
    stateless.remove(topic);
    forgotten.add(topic);
    complete.remove(topic);
    untold.remove(topic);
    joinedAt.remove(topic);
  }

  /** Notes a start from the oldest entry. The client need not get deleted keys. */
  private void beginsBehind(String topic, String from) {
    if (from.endsWith(NOTHING)) {
      knewNothing.put(topic, reading.at());
      begunAnew.put(topic, reading.at());
    }
  }

  private void synced(String id) {
    if (catchingUp.isPresent()) {
      require(
          id.equals(upTo), "expected $sync of " + upTo + " at the end of a catch-up, was " + id);
      moveTo(catchingUp.get(), id);
      begunAnew.computeIfPresent(catchingUp.get(), (topic, begun) -> reading.at());
      catchingUp = Optional.empty();
    } else {
      complete.keySet().stream()
          .filter(topic -> !held.contains(topic))
          .forEach(topic -> moveTo(topic, id));
      last = later(last, id);
    }
  }

  private void moveTo(String topic, String id) {
    String from = complete.get(topic);
    if (from != null) { // the client has not left the topic
      requireComplete(topic, from, id + "!"); // includes the id itself
      complete.put(topic, later(from, id));
    }
  }

  private void gap(Arrival gap) {
    String next = gap.text("next").orElseThrow();
    String after =
        gap.text("after").filter(id -> isOf(id, next) && id.compareTo(next) < 0).orElse("");
    Set<String> topics = gap.text("topic").map(Set::of).orElseGet(this::nameless);
    if (!last.isEmpty() && !isOf(next, last)) { // a restart that no $hello announced
      complete.clear();
      last = "";
    }
    for (String topic : topics) {
      losses.computeIfAbsent(topic, t -> new ArrayList<>()).add(new Loss(after, next));
      if (gap.member("reset").equals(Optional.of(true))) {
        forgotten.add(topic);
        if (complete.containsKey(topic)) {
          complete.put(topic, epoch(next) + NOTHING);
          beginsBehind(topic, complete.get(topic));
        }
      }
    }
    topics.stream().filter(untold::contains).findFirst().ifPresent(untold::remove);
  }

  private void message(Arrival message, String id) {
    String topic = topicOf(message, id);
    if (catchingUp.isPresent()) {
      require(
          catchingUp.get().equals(topic) && id.compareTo(upTo) <= 0,
          "another message came within the catch-up of "
              + catchingUp.get()
              + ": "
              + message.text());
    } else {
      require(
          last.isEmpty() || isOf(id, last) && id.compareTo(last) > 0,
          "a message is repeated or out of order: after " + last + " came " + message.text());
      last = id;
    }
    if (topic == null) { // sent to this client alone, so not recorded
      published
          .states()
          .forEach(
              (of, completeUpTo) ->
                  completeUpTo.apply(message).ifPresent(upTo -> states.put(of, upTo)));
      return;
    }
    require(!held.contains(topic), "the topic has not begun of " + message.text());
    require(
        !isOwn(published.get(topic, id)) || isOwnNeeded(topic, published.get(topic, id)),
        "a message was sent to its sender: " + message.text());
    require(!untold.contains(topic), "no gap announced a restart before " + message.text());
    require(
        complete.containsKey(topic) || !greeted,
        "the client does not follow the topic of " + message.text());
    String from = complete.getOrDefault(topic, id + "-");
    require(
        id.compareTo(from) > 0 || !complete.containsKey(topic),
        "a message is repeated or late: after " + from + " came " + message.text());
    requireComplete(topic, from, id);
    complete.put(topic, id);
    joinedAt.remove(topic);
  }

  private String topicOf(Arrival message, String id) {
    if (message.topic().isPresent()) {
      String topic = message.topic().get();
      require(published.contains(topic, id), "a message was not published: " + message.text());
      return topic;
    }
    return published.contains(BROADCASTS, id)
        ? BROADCASTS
        : published.contains(userTopic(), id) ? userTopic() : null;
  }

  /** Requires that no message between two ids, both exclusive, is missing. */
  private void requireComplete(String topic, String from, String to) {
    missing(topic, from, to)
        .ifPresent(
            id -> require(false, "a message is missing without a gap: " + id + " of " + topic));
  }

  private Optional<String> missing(String topic, String from, String to) {
    return published.first(topic, from, to, (id, message) -> isOwed(topic, id, message));
  }

  private boolean isOwed(String topic, String id, Published message) {
    boolean early = // a join without a catch-up may have come after the message
        joinedAt.containsKey(topic) && message.at().compareTo(joinedAt.get(topic)) <= 0;
    return !published.mayMiss(topic, id, message, knewNothing.getOrDefault(topic, NEVER))
        && !early
        && !isOwn(message)
        && losses.getOrDefault(topic, List.of()).stream().noneMatch(loss -> loss.covers(id));
  }

  private boolean isOwn(Published message) {
    return message.sender().equals(Optional.of(client));
  }

  /**
   * Returns whether the client may be sent a row of its own: in a table that it began from the
   * oldest entry since, or was told to forget. It need not have read that on an earlier connection.
   */
  private boolean isOwnNeeded(String topic, Published row) {
    return row.key().isPresent()
        && (forgotten.contains(topic)
            || catchingUp.equals(Optional.of(topic))
            || row.at().compareTo(begunAnew.getOrDefault(topic, NEVER)) <= 0);
  }

  /** Returns the client's topics that are not named in messages. */
  private Set<String> nameless() {
    return new HashSet<>(List.of(BROADCASTS, userTopic()));
  }

  private String userTopic() {
    return client.user().map(Guarantee::ofUser).orElse(BROADCASTS);
  }

  /** Returns the requested id, or the hub's position if the hub never gave that id. */
  private static String known(String asked, String position) {
    return isOf(asked, position) && asked.compareTo(position) <= 0 ? asked : position;
  }

  private static String later(String id, String other) {
    return id.compareTo(other) >= 0 ? id : other;
  }

  private static String epoch(String id) {
    return id.isEmpty() ? "" : id.substring(0, 16);
  }

  private static boolean isOf(String id, String sameEpoch) {
    return id.length() == 33 && epoch(id).equals(epoch(sameEpoch));
  }

  private void require(boolean holds, String rule) {
    if (!holds) {
      String at =
          reading == null ? "" : ", connection " + reading.connection() + " at " + reading.at();
      throw new AssertionError(rule + " (" + client + at + "; " + where + ")");
    }
  }
}
