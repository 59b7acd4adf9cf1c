package io.github.signalhub.testkit.backbone;

import io.github.signalhub.spi.Backbone.Claim;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The messages of clients that nodes have claimed, with the outcomes of those that are done. Each
 * is kept for five minutes. Confined to the engine's thread.
 */
final class Claims {
  private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final byte[] NONE = {};

  /** By message, the oldest first. */
  private final Map<Ref, Claimed> claimed = new LinkedHashMap<>();

  private record Ref(String session, String ref) {}

  /**
   * A message that a node has claimed.
   *
   * @param outcome empty while the node processes it
   */
  private record Claimed(String node, boolean isDone, byte[] outcome, long sinceNanos) {}

  Claims() {}

  /** Creates a copy. */
  Claims(Claims other) {
    claimed.putAll(other.claimed);
  }

  /**
   * Claims a message for a node, unless another node has.
   *
   * @param isOpen returns whether a node still runs
   */
  Claim claim(String session, String ref, String node, long now, Predicate<String> isOpen) {
    forgetOld(now);
    Ref key = new Ref(session, ref);
    Claimed before = claimed.get(key);
    if (before == null) {
      claimed.put(key, new Claimed(node, false, NONE, now));
      return new Claim(Claim.State.MINE, NONE);
    } else if (before.isDone) {
      return new Claim(Claim.State.DONE, before.outcome);
    } else if (before.node.equals(node)) { // the first answer was lost
      return new Claim(Claim.State.MINE, NONE);
    }
    return new Claim(isOpen.test(before.node) ? Claim.State.ELSEWHERE : Claim.State.LOST, NONE);
  }

  /** Keeps an outcome. */
  void keep(String session, String ref, String node, byte[] outcome, long now) {
    Ref key = new Ref(session, ref);
    claimed.remove(key); // the newest are the last
    claimed.put(key, new Claimed(node, true, outcome, now));
  }

  private void forgetOld(long now) {
    Iterator<Claimed> oldest = claimed.values().iterator();
    while (oldest.hasNext() && now - oldest.next().sinceNanos > KEPT_NANOS) {
      oldest.remove();
    }
  }
}
