package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.MessageId;
import java.util.Map;

/**
 * {@code $gap}: messages of a topic between two ids, both exclusive, may be missing. While it
 * waits, further losses of its topic widen it, so a session holds at most one per topic. Of a
 * compacted topic everything is to be forgotten: its state follows. Confined to the session's loop.
 */
final class Gap implements Control {
  private final Subscription subscription;
  private final long epoch;
  private final String after;
  private long floor;

  /**
   * @param after the id behind which messages may be missing, as the client knows it
   * @param floor the last offset that may be missing
   */
  Gap(Subscription subscription, long epoch, String after, long floor) {
    this.subscription = subscription;
    this.epoch = epoch;
    this.after = after;
    this.floor = floor;
  }

  void widen(long floor) {
    this.floor = floor;
  }

  @Override
  public byte[] json() {
    subscription.gap = null;
    Map<String, Object> payload = Control.payload(subscription.topic());
    payload.put("after", after);
    payload.put("next", new MessageId(epoch, floor + 1).toString());
    if (subscription.topic().isCompacted()) {
      payload.put("reset", true);
    }
    return Control.encode("$gap", payload);
  }
}
