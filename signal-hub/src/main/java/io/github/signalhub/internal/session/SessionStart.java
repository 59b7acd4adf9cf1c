package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.spi.Handshake;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a new session begins, and each of its topics: at the session's position, with a catch-up,
 * or with a gap. Confined to the session's loop.
 */
final class SessionStart {
  private final HubLog log;
  private final long horizon;
  private final StartId after;
  private final Map<String, StartId> starts = new HashMap<>(0);
  private final boolean known;
  private final long position;
  private final List<CatchUp> catchUps = new ArrayList<>(0);
  private final Map<String, String> toldCatchUps = new LinkedHashMap<>(0);
  private final List<Subscription> gaps = new ArrayList<>(0);
  private final List<TopicStart> held = new ArrayList<>(0);
  private boolean resumed;

  /**
   * Finds out where a session begins.
   *
   * @param horizon up to where everything was published before
   * @param held the topics that the session joins after the application was told of it
   */
  SessionStart(
      HubLog log,
      long horizon,
      Handshake handshake,
      Collection<Subscription> subscriptions,
      Collection<String> held) {
    this.log = log;
    this.horizon = horizon;
    after = StartId.parse(handshake.after().orElse(null));
    handshake.starts().forEach((topic, id) -> starts.put(topic, StartId.parse(id)));
    long asked = after == null ? StartId.UNKNOWN : log.offset(after, horizon);
    known = asked != StartId.UNKNOWN;
    position = known ? asked : horizon;
    resumed = known;
    subscriptions.forEach(this::look);
    held.forEach(this::hold);
  }

  /** Returns where the session begins. */
  long position() {
    return position;
  }

  /** Returns whether the session goes on after the id that its client named, without a gap. */
  boolean resumed() {
    return resumed;
  }

  /** Returns the catch-ups with which topics begin, in order. */
  List<CatchUp> catchUps() {
    return catchUps;
  }

  /** Returns the ids that {@code $hello} tells: after each, its topic begins. */
  Map<String, String> toldCatchUps() {
    return toldCatchUps;
  }

  /** Returns the topics that begin with a gap. */
  List<Subscription> gaps() {
    return gaps;
  }

  /** Returns where the topics begin that the session joins later. */
  List<TopicStart> held() {
    return held;
  }

  /** Returns the id after which those gaps begin, as the client knows it. */
  String gapsAfter() {
    return after.text();
  }

  /** Returns the last offset that the gap of a topic covers. */
  long gapUpTo(Subscription subscription) {
    return known ? subscription.topic().log().floor() : position;
  }

  private void look(Subscription subscription) {
    Topic topic = subscription.topic();
    log.expire(topic);
    StartId own = starts.get(topic.name());
    long start = own != null ? log.offset(own, horizon) : known ? position : StartId.UNKNOWN;
    boolean whole = isWhole(topic, start);
    resumed &= whole;
    if (topic.isCompacted()) {
      subscription.toldUpTo = start == 0 ? wholeUpTo(topic) : 0;
    }
    if (own != null) {
      catchUp(subscription, own);
    } else if (!whole && topic.isCompacted()) {
      catchUp(subscription, after);
    } else if (!whole && after != null) {
      gaps.add(subscription);
    }
  }

  /** The client's resume point moves on without the topic, so it has to know where that begins. */
  private void hold(String topic) {
    StartId asked = starts.getOrDefault(topic, after);
    TopicStart start = TopicStart.of(log, horizon, topic, asked);
    resumed &= !start.isLost();
    held.add(start);
    toldCatchUps.put(topic, start.askedAgain(log));
  }

  /**
   * Tells the peer the id that it asked for, not where the catch-up will begin. A client that is
   * cut before the {@code $gap} asks for the same again, and is told again.
   *
   * @param start the id to begin after, or {@code null}
   */
  private void catchUp(Subscription subscription, StartId start) {
    catchUps.add(new CatchUp(subscription, start, null, CatchUp.Cause.SESSION));
    Topic topic = subscription.topic(); // peers know its name: no other has a start or is compacted
    boolean canAskAgain = !topic.isCompacted() || start != null && start.isWellFormed();
    toldCatchUps.put(topic.name(), canAskAgain ? start.text() : log.id(0).toString());
  }

  /** Returns whether a topic has everything after an offset; a table has, after offset 0. */
  private boolean isWhole(Topic topic, long after) {
    long floor = topic.log().floor();
    return after >= floor || topic.isCompacted() && after == 0 && wholeUpTo(topic) >= floor;
  }

  /**
   * Returns up to where a table is whole for a client that begins after offset 0: it knows nothing
   * that has left, but perhaps rows after the position that it sent itself.
   */
  private long wholeUpTo(Topic table) {
    long floor = table.log().floor();
    return log.hasSenders() ? Math.min(floor, position) : floor;
  }
}
