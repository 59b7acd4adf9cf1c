package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.LogReader;
import io.github.signalhub.internal.log.Topic;
import java.util.Arrays;
import java.util.Collection;

/**
 * The sessions of one shard that follow one topic, which the shard reads for them. Confined to the
 * shard's loop, except where stated. The monitor guards what other threads read: the loop takes it
 * to change that, and needs none to read.
 */
final class Subscribers extends LogReader.TopicSubscription {
  private Cursor[] cursors = new Cursor[1];
  private Subscription[] subscriptions = new Subscription[1];
  private int size;
  private int start;

  Subscribers(Topic topic, Shard shard) {
    super(topic, shard);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Returns whether several sessions follow the topic. */
  boolean isShared() {
    return size > 1;
  }

  /** Adds a session, and returns its subscription. */
  synchronized Subscription add(Cursor cursor) {
    if (size == subscriptions.length) {
      cursors = Arrays.copyOf(cursors, size * 2);
      subscriptions = Arrays.copyOf(subscriptions, size * 2);
    }
    Subscription subscription = new Subscription(this);
    subscription.index = size;
    cursors[size] = cursor;
    subscriptions[size++] = subscription;
    return subscription;
  }

  synchronized void remove(Subscription subscription) {
    Subscription last = subscriptions[--size];
    cursors[subscription.index] = cursors[size];
    subscriptions[subscription.index] = last;
    last.index = subscription.index;
    cursors[size] = null;
    subscriptions[size] = null;
  }

  /** Adds the ids of the clients. Any thread; takes time in proportion to the clients. */
  synchronized void addClientIds(Collection<String> into) {
    for (int i = 0; i < size; i++) {
      into.add(cursors[i].clientId());
    }
  }

  /**
   * Marks every subscription dirty, each time beginning with another one, so that none is always
   * last.
   */
  void markAllDirty() {
    start = start + 1 < size ? start + 1 : 0;
    for (int i = start; i < size; i++) {
      cursors[i].markDirty(subscriptions[i]);
    }
    for (int i = 0; i < start; i++) {
      cursors[i].markDirty(subscriptions[i]);
    }
  }
}
