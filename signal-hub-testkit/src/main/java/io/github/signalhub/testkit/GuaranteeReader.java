package io.github.signalhub.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads what one client got, from the first arrival to the last, next to what was published, and
 * objects where the guarantee is broken. Confined to the test's thread.
 */
final class GuaranteeReader {
  private static final String BROADCASTS = "";

  private final SimulatedClient client;
  private final Map<String, NavigableMap<String, Optional<String>>> published;
  private final String where;
  private final Map<String, Map<String, String>> newestOfKey = new HashMap<>();

  /** Up to where the client has everything of a topic, as far as it was told of gaps. */
  private final Map<String, String> complete = new HashMap<>();

  private final Map<String, List<Loss>> losses = new HashMap<>();
  private final Set<String> untold = new HashSet<>();
  private Optional<String> catchingUp = Optional.empty();
  private String upTo = "";
  private String last = "";
  private boolean greeted;
  private Arrival reading;

  /** That messages between two ids, both exclusive, may be missing. */
  private record Loss(String after, String next) {}

  GuaranteeReader(
      SimulatedClient client,
      Map<String, NavigableMap<String, Optional<String>>> published,
      String where) {
    this.client = client;
    this.published = published;
    this.where = where;
    published.forEach(
        (topic, ids) -> {
          Map<String, String> newest = newestOfKey.computeIfAbsent(topic, t -> new HashMap<>());
          ids.forEach((id, key) -> key.ifPresent(k -> newest.put(k, id)));
        });
  }

  void read(Arrival arrival) {
    reading = arrival;
    switch (arrival.type()) {
      case "$hello" -> hello(arrival);
      case "$joined" -> joined(arrival);
      case "$sync" -> synced(arrival.text("id").orElseThrow());
      case "$gap" -> gap(arrival);
      case "$left" -> complete.remove(arrival.text("topic").orElseThrow());
      default -> arrival.id().ifPresent(id -> message(arrival, id));
    }
  }

  /** Checks that nothing is to come, when the newest message of the hub has this id. */
  void finish(Optional<String> newest) {
    require(newest.isEmpty() || reading != null, "the client never got anything");
    require(catchingUp.isEmpty(), "the catch-up of " + catchingUp.orElse("") + " never ended");
    require(untold.isEmpty(), "a restart of the hub was not told to those of " + untold);
    newest.ifPresent(
        id -> {
          require(epoch(id).equals(epoch(last)) || last.isEmpty(), "the hub restarted meanwhile");
          complete.forEach((topic, from) -> requireComplete(topic, from, id + "!"));
        });
  }

  private void hello(Arrival hello) {
    greeted = true;
    String start = hello.text("id").orElseThrow();
    boolean restarted = !last.isEmpty() && !epoch(start).equals(epoch(last));
    require(
        !restarted || !hello.member("resumed").equals(Optional.of(true)),
        "nobody resumes at a hub that has restarted");
    Set<String> topics = nameless();
    ((List<?>) hello.member("topics").orElseThrow()).forEach(topic -> topics.add((String) topic));
    Map<?, ?> catchUps = (Map<?, ?>) hello.member("catchUps").orElse(Map.of());
    complete.keySet().retainAll(topics);
    catchingUp = Optional.empty();
    for (String topic : topics) {
      String from = catchUps.get(topic) instanceof String id ? id : start;
      if (restarted && complete.containsKey(topic)) {
        untold.add(topic);
        complete.put(topic, from);
      }
      complete.putIfAbsent(topic, from);
    }
    if (restarted || last.isEmpty()) {
      last = start;
    }
  }

  private void joined(Arrival joined) {
    require(catchingUp.isEmpty(), "one catch-up ends before the next begins");
    catchingUp = joined.text("topic");
    upTo = joined.text("upTo").orElseThrow();
    complete.putIfAbsent(catchingUp.orElseThrow(), joined.text("after").orElseThrow());
  }

  private void synced(String id) {
    if (catchingUp.isPresent()) {
      require(id.equals(upTo), "a catch-up ends with $sync of " + upTo + " and not " + id);
      moveTo(catchingUp.get(), id);
      catchingUp = Optional.empty();
    } else {
      complete.keySet().forEach(topic -> moveTo(topic, id));
      last = later(last, id);
    }
  }

  private void moveTo(String topic, String id) {
    String from = complete.get(topic);
    requireComplete(topic, from, id + "!"); // behind the id itself
    complete.put(topic, later(from, id));
  }

  private void gap(Arrival gap) {
    String next = gap.text("next").orElseThrow();
    String after = gap.text("after").filter(id -> isOf(id, next)).orElse("");
    Set<String> topics = gap.text("topic").map(Set::of).orElseGet(this::nameless);
    if (!last.isEmpty() && !isOf(next, last)) { // a restart that no $hello told of
      complete.clear();
      last = "";
    }
    for (String topic : topics) {
      losses.computeIfAbsent(topic, t -> new ArrayList<>()).add(new Loss(after, next));
      if (gap.member("reset").equals(Optional.of(true))) {
        complete.put(topic, epoch(next) + "-" + "0".repeat(16));
      }
    }
    topics.stream().filter(untold::contains).findFirst().ifPresent(untold::remove);
  }

  private void message(Arrival message, String id) {
    String topic = topicOf(message, id);
    if (catchingUp.isPresent()) {
      require(
          catchingUp.get().equals(topic) && id.compareTo(upTo) <= 0,
          "nothing else comes in the catch-up of " + catchingUp.get() + ": " + message.text());
    } else {
      require(
          last.isEmpty() || isOf(id, last) && id.compareTo(last) > 0,
          "the hub's one order, and nothing twice: after " + last + " came " + message.text());
      last = id;
    }
    if (topic == null) {
      return; // to this client alone: nobody knows what else was sent to it
    }
    require(!untold.contains(topic), "a restart is told before " + message.text());
    require(
        complete.containsKey(topic) || !greeted,
        "a client gets its topics alone: " + message.text());
    String from = complete.getOrDefault(topic, id + "-");
    require(
        id.compareTo(from) > 0 || !complete.containsKey(topic),
        "nothing comes twice or late: after " + from + " came " + message.text());
    requireComplete(topic, from, id);
    complete.put(topic, id);
  }

  private String topicOf(Arrival message, String id) {
    if (message.topic().isPresent()) {
      String topic = message.topic().get();
      require(isPublished(topic, id), "what comes was published: " + message.text());
      return topic;
    }
    return isPublished(BROADCASTS, id)
        ? BROADCASTS
        : isPublished(userTopic(), id) ? userTopic() : null;
  }

  /** Requires that nothing published between two texts, both exclusive, is missing. */
  private void requireComplete(String topic, String from, String to) {
    NavigableMap<String, Optional<String>> ids = published.getOrDefault(topic, new TreeMap<>());
    if (from.compareTo(to) >= 0) {
      return;
    }
    ids.subMap(from, false, to, false)
        .forEach(
            (id, key) -> {
              boolean superseded =
                  key.filter(k -> !newestOfKey.get(topic).get(k).equals(id)).isPresent();
              boolean told =
                  losses.getOrDefault(topic, List.of()).stream()
                      .anyMatch(l -> id.compareTo(l.after) > 0 && id.compareTo(l.next) < 0);
              require(
                  superseded || told || !isOf(id, from),
                  "nothing is missing, and a gap is told: " + id + " of \"" + topic + "\"");
            });
  }

  private boolean isPublished(String topic, String id) {
    return published.getOrDefault(topic, new TreeMap<>()).containsKey(id);
  }

  /** Returns the client's topics that messages do not name. */
  private Set<String> nameless() {
    return new HashSet<>(List.of(BROADCASTS, userTopic()));
  }

  private String userTopic() {
    return client.user().map(Guarantee::ofUser).orElse(BROADCASTS);
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
