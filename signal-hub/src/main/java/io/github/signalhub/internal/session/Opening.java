package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.spi.Handshake;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each topic of a new session begins: at the session's position, with a catch-up, or with a
 * gap. Confined to the session's loop.
 */
final class Opening {
  private final Session session;
  private final String after;
  private final Map<String, String> starts;
  private final boolean known;
  private final long position;
  private final Map<String, String> catchUps = new LinkedHashMap<>(0);
  private final List<Subscription> gaps = new ArrayList<>(0);
  private boolean resumed;

  /**
   * Finds out where a session begins.
   *
   * @param horizon up to where everything was published before
   */
  Opening(Session session, Handshake handshake, long horizon) {
    this.session = session;
    after = handshake.after().orElse(null);
    starts = handshake.starts();
    long asked = after == null ? Shard.UNKNOWN : session.shard.offset(after);
    known = asked != Shard.UNKNOWN;
    position = known ? asked : horizon;
    resumed = known;
    session.subscriptions.all().forEach(this::look);
  }

  /** Returns where the session begins. */
  long position() {
    return position;
  }

  /** Tells the peer of it. */
  void tell(List<String> topics) {
    List<String> names = new ArrayList<>(topics);
    names.removeIf(name -> name.startsWith("$"));
    long syncMs = session.shard.syncMs();
    session.tell(
        new Hello(session.clientId(), session.id(position), resumed, names, syncMs, catchUps));
    for (Subscription subscription : gaps) {
      long floor = known ? subscription.topic().log().floor() : position;
      session.tellGap(subscription, after, floor);
    }
  }

  private void look(Subscription subscription) {
    Topic topic = subscription.topic();
    session.shard.log.expire(topic);
    String own = starts.get(topic.name());
    long start = own != null ? session.shard.offset(own) : known ? position : Shard.UNKNOWN;
    boolean whole = isWhole(topic, start);
    resumed &= whole;
    if (topic.isCompacted()) {
      subscription.gapTold = start == 0 ? topic.log().floor() : 0; // a table lacks nothing behind 0
    }
    if (own != null) {
      catchUp(subscription, own);
    } else if (!whole && topic.isCompacted()) {
      catchUp(subscription, after);
    } else if (!whole && after != null) {
      gaps.add(subscription);
    }
  }

  /**
   * Tells the peer what it asked for, not where the catch-up will begin: who is cut before the
   * {@code $gap} asks for the same again, and is told again.
   *
   * @param asked the id to begin behind, unchecked, or {@code null}
   */
  private void catchUp(Subscription subscription, String asked) {
    session.catchUps.add(CatchUp.unasked(subscription, asked));
    Topic topic = subscription.topic(); // it has a name: no other one has a start or is compacted
    boolean canAskAgain =
        !topic.isCompacted() || asked != null && MessageId.parse(asked).isPresent();
    catchUps.put(topic.name(), canAskAgain ? asked : session.id(0));
  }

  /** Returns whether a topic has everything behind an offset; a table has, behind offset 0. */
  private static boolean isWhole(Topic topic, long after) {
    return after >= topic.log().floor() || topic.isCompacted() && after == 0;
  }
}
