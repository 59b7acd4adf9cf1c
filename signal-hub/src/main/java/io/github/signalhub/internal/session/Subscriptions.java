package io.github.signalhub.internal.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The topics that one session follows, and which of them may have entries for it. A flush looks at
 * the dirty ones alone, however many there are. Confined to the session's loop.
 */
final class Subscriptions {
  /** Up to so many are searched one by one, which takes less memory than a map. */
  private static final int FEW = 8;

  private final List<Subscription> few = new ArrayList<>(2);
  private final List<Subscription> dirty = new ArrayList<>(2);
  private Map<String, Subscription> many;

  /** Returns those that peers may know and those that the session follows unasked, in order. */
  Collection<Subscription> all() {
    return many != null ? many.values() : few;
  }

  /** Returns those that may have entries, in any order; not to be modified. */
  List<Subscription> dirty() {
    return dirty;
  }

  Subscription find(String topic) {
    if (many != null) {
      return many.get(topic);
    }
    for (Subscription subscription : few) {
      if (subscription.topic().name().equals(topic)) {
        return subscription;
      }
    }
    return null;
  }

  /** Adds one for a topic that has none. */
  void add(Subscription subscription) {
    if (many == null && few.size() == FEW) {
      many = new LinkedHashMap<>();
      few.forEach(known -> many.put(known.topic().name(), known));
      few.clear();
    }
    if (many != null) {
      many.put(subscription.topic().name(), subscription);
    } else {
      few.add(subscription);
    }
  }

  void remove(Subscription subscription) {
    if (many != null) {
      many.remove(subscription.topic().name());
    } else {
      few.remove(subscription);
    }
    clean(subscription);
  }

  /** Returns whether all dirty ones are {@linkplain Subscription#isSharedAfter shared}. */
  boolean areSharedAfter(long offset) {
    for (int i = 0; i < dirty.size(); i++) {
      if (!dirty.get(i).isSharedAfter(offset)) {
        return false;
      }
    }
    return !dirty.isEmpty();
  }

  /** Learns that nothing after an offset will be sent. */
  void seal(long upTo) {
    all().forEach(subscription -> subscription.seal(upTo));
    dirty.forEach(subscription -> subscription.seal(upTo)); // the private topic is there alone
  }

  void clear() {
    few.clear();
    dirty.clear();
    many = null;
  }

  void markDirty(Subscription subscription) {
    if (subscription.dirtyIndex < 0) {
      subscription.dirtyIndex = dirty.size();
      dirty.add(subscription);
    }
  }

  /** Cleans all that have no entries after an offset. */
  void cleanUpTo(long offset) {
    for (int i = dirty.size() - 1; i >= 0; i--) {
      if (dirty.get(i).topic().log().last() <= offset) {
        clean(dirty.get(i));
      }
    }
  }

  private void clean(Subscription subscription) {
    int index = subscription.dirtyIndex;
    if (index >= 0) {
      Subscription last = dirty.remove(dirty.size() - 1);
      if (last != subscription) {
        dirty.set(index, last);
        last.dirtyIndex = index;
      }
      subscription.dirtyIndex = -1;
    }
  }
}
