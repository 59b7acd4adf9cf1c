package io.github.signalhub.interop.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The state that a client keeps of its topics, by the protocol documents, with the messages that it
 * received. Reports each violation of the protocol. Not thread-safe.
 */
final class Following {
  private final Map<String, Membership> current = new HashMap<>();
  private final List<Membership> all = new ArrayList<>();
  private final Membership broadcasts = new Membership(Published.BROADCAST);
  private String resumePoint; // null until the first greeting
  private Membership catchingUp;
  private long catchesUpTo;
  private int catchUps;

  /** One membership of a client in a topic, from its join to its leave. */
  static final class Membership {
    final String topic;
    final Sequence received = new Sequence();
    long from = -1; // the offset after which it begins; negative until it is known
    long until = Long.MAX_VALUE;
    private String reached; // the id that it has reached, while a catch-up is pending
    private boolean leaving;

    private Membership(String topic) {
      this.topic = topic;
    }
  }

  Following(Set<String> topics) {
    all.add(broadcasts);
    for (String topic : topics) {
      add(topic);
    }
  }

  /** Returns all memberships so far, broadcasts first. */
  List<Membership> memberships() {
    return all;
  }

  /** Returns the topics that the client follows and has not asked to leave. */
  Set<String> topics() {
    return current.values().stream()
        .filter(membership -> !membership.leaving)
        .map(membership -> membership.topic)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the offset up to which everything has come; negative before the first greeting. */
  long position() {
    return resumePoint == null ? -1 : Ids.offset(resumePoint);
  }

  /** Returns the id up to which everything has come. */
  String resumePoint() {
    return resumePoint;
  }

  /** Returns whether the client does not follow a topic and does not wait to leave it. */
  boolean isFree(String topic) {
    return !current.containsKey(topic);
  }

  /** Returns whether the client follows a topic and its position is the common one. */
  boolean isLevel(String topic) {
    Membership membership = current.get(topic);
    return membership != null
        && !membership.leaving
        && membership.from >= 0
        && membership.reached == null;
  }

  /** Returns whether all topics are at the common position and no leave is pending. */
  boolean isLevel() {
    return current.values().stream().allMatch(membership -> isLevel(membership.topic));
  }

  /** Returns the number of catch-ups that began. */
  int catchUps() {
    return catchUps;
  }

  /** Returns the query of the next handshake. It omits topics that the client asked to leave. */
  String query() {
    catchingUp = null;
    List.copyOf(current.values()).stream()
        .filter(membership -> membership.leaving)
        .forEach(this::end);
    StringBuilder query = new StringBuilder();
    for (Membership membership : current.values()) {
      query.append("&topic=").append(membership.topic);
      if (membership.reached != null) {
        query.append('@').append(membership.reached);
      } else if (membership.from < 0 && resumePoint != null) {
        membership.from = position(); // unanswered join: common position
      }
    }
    return query + (resumePoint == null ? "" : "&after=" + resumePoint);
  }

  /** Reads a greeting. */
  void hello(Map<?, ?> hello) {
    String id = (String) hello.get("id");
    expect(
        new HashSet<>((List<?>) hello.get("topics")).equals(current.keySet()),
        "other topics than " + current.keySet() + ": " + hello);
    if (resumePoint == null) {
      resumePoint = id;
      broadcasts.from = position();
      current.values().forEach(membership -> membership.from = position());
    } else {
      expect(hello.get("resumed").equals(true), "not resumed behind " + resumePoint);
      expect(id.equals(resumePoint), "resumed elsewhere than " + resumePoint + ": " + hello);
    }
    Object starts = hello.get("catchUps") == null ? Map.of() : hello.get("catchUps");
    for (Membership membership : current.values()) {
      String start = (String) ((Map<?, ?>) starts).get(membership.topic);
      if (membership.reached != null && start == null) {
        expect(
            Ids.offset(membership.reached) >= position(),
            "no catch-up of " + membership.topic + " after " + membership.reached);
      }
      expect(
          start == null || membership.reached == null || start.equals(membership.reached),
          "another start of " + membership.topic + " than " + membership.reached + ": " + start);
      membership.reached = start;
      if (start != null) {
        membership.from = Math.min(membership.from, Ids.offset(start)); // a table begins at 0
      }
    }
  }

  /**
   * Records a join of a topic at run time.
   *
   * @param after the id after which it begins; {@code null} for live messages only
   */
  void join(String topic, String after) {
    Membership membership = add(topic);
    if (after != null) {
      membership.reached = after;
      membership.from = Ids.offset(after);
    }
  }

  void joined(Map<?, ?> joined) {
    Membership membership = current.get((String) joined.get("topic"));
    String after = (String) joined.get("after");
    expect(membership != null && catchingUp == null, "not expected: " + joined);
    expect(
        membership.reached == null || membership.reached.equals(after),
        "joined elsewhere than " + membership.reached + ": " + joined);
    if (membership.from < 0) {
      membership.from = Ids.offset(after);
      expect(after.equals(joined.get("upTo")), "a catch-up nobody asked for: " + joined);
    }
    membership.reached = after;
    catchingUp = membership;
    catchUps++;
    moveTo((String) joined.get("upTo"));
    catchesUpTo = position();
  }

  void leave(String topic) {
    current.get(topic).leaving = true;
  }

  void left(Map<?, ?> left) {
    Membership membership = current.get((String) left.get("topic"));
    expect(membership != null && membership.leaving, "not expected: " + left);
    end(membership);
  }

  void sync(Map<?, ?> sync) {
    String id = (String) sync.get("id");
    if (catchingUp == null) {
      moveTo(id);
    } else {
      expect(Ids.offset(id) == catchesUpTo, "not the end of " + catchingUp.topic + ": " + sync);
      catchingUp.reached = null;
      catchingUp = null;
    }
  }

  /** Reads a message with its number. */
  void message(String topic, String id, int number) {
    long offset = Ids.offset(id);
    Membership membership = topic.equals(Published.BROADCAST) ? broadcasts : current.get(topic);
    expect(membership != null && membership.from >= 0, "of a topic not followed: " + topic);
    if (catchingUp == null) {
      expect(membership.reached == null, "before its catch-up: " + topic + " " + id);
      expect(offset > position(), "twice or out of order, after " + resumePoint + ": " + id);
      resumePoint = id;
    } else {
      expect(membership == catchingUp, topic + " within the catch-up of " + catchingUp.topic);
      expect(
          offset > Ids.offset(membership.reached) && offset <= catchesUpTo,
          "twice or out of order in a catch-up, after " + membership.reached + ": " + id);
      membership.reached = id;
    }
    membership.received.add(offset, number);
  }

  private Membership add(String topic) {
    Membership membership = new Membership(topic);
    current.put(topic, membership);
    all.add(membership);
    return membership;
  }

  private void end(Membership membership) {
    membership.until = position();
    current.remove(membership.topic);
  }

  private void moveTo(String id) {
    expect(Ids.offset(id) >= position(), "back from " + resumePoint + " to " + id);
    resumePoint = id;
  }

  static void expect(boolean condition, String fault) {
    if (!condition) {
      throw new IllegalStateException(fault);
    }
  }
}
