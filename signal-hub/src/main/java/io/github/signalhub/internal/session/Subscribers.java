package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.internal.log.TopicLink;
import java.util.Arrays;

/** The sessions of one shard that follow one topic. Confined to the shard's loop. */
final class Subscribers extends TopicLink {
  private Subscription[] subscriptions = new Subscription[1];
  private int size;
  private int start;

  Subscribers(Topic topic, Shard shard) {
    super(topic, shard);
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(Subscription subscription) {
    if (size == subscriptions.length) {
      subscriptions = Arrays.copyOf(subscriptions, size * 2);
    }
    subscription.index = size;
    subscriptions[size++] = subscription;
  }

  void remove(Subscription subscription) {
    Subscription last = subscriptions[--size];
    subscriptions[subscription.index] = last;
    last.index = subscription.index;
    subscriptions[size] = null;
  }

  /**
   * Marks every subscription dirty, each time beginning with another one, so that none is always
   * last.
   */
  void markAllDirty() {
    start = start + 1 < size ? start + 1 : 0;
    for (int i = start; i < size; i++) {
      subscriptions[i].markDirty();
    }
    for (int i = 0; i < start; i++) {
      subscriptions[i].markDirty();
    }
  }
}
