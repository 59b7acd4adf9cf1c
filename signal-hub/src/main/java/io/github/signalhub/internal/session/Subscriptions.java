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

  private List<Subscription> few = List.of(); // never modified
  private Map<String, Subscription> many; // null while there are few

  /** The dirty ones; {@code null} until there is a second topic, the private one included. */
  private List<Subscription> several;

  /** Returns those that peers may know and those that the session follows unasked, in order. */
  Collection<Subscription> all() {
    return many != null ? many.values() : few;
  }

  /** Returns those that may have entries, in any order; not to be modified. */
  List<Subscription> dirty() {
    if (several != null) {
      return several;
    }
    return few.isEmpty() || few.get(0).dirtyIndex < 0 ? List.of() : few;
  }

  private void beginSeveral() {
    several = several == null ? new ArrayList<>(dirty()) : several;
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
    if (!few.isEmpty()) {
      beginSeveral();
    }
    if (many == null && few.size() == FEW) {
      many = new LinkedHashMap<>();
      few.forEach(known -> many.put(known.topic().name(), known));
      few = List.of();
    }
    if (many != null) {
      many.put(subscription.topic().name(), subscription);
    } else {
      List<Subscription> more = new ArrayList<>(few);
      more.add(subscription);
      few = List.copyOf(more);
    }
  }

  void remove(Subscription subscription) {
    if (many != null) {
      many.remove(subscription.topic().name());
    } else {
      few = few.stream().filter(each -> each != subscription).toList();
    }
    clean(subscription);
  }

  /** Returns whether all dirty ones are {@linkplain Subscription#isSharedAfter shared}. */
  boolean areSharedAfter(long offset) {
    List<Subscription> dirty = dirty();
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
    dirty().forEach(subscription -> subscription.seal(upTo)); // the private topic is there alone
  }

  void clear() {
    few = List.of();
    several = null;
    many = null;
  }

  void markDirty(Subscription subscription) {
    if (subscription.dirtyIndex >= 0) {
      return;
    }
    if (subscription.topic().isPrivate()) {
      beginSeveral(); // it is in no other list
    }
    if (several == null) {
      subscription.dirtyIndex = 0; // it is the only one
    } else {
      subscription.dirtyIndex = several.size();
      several.add(subscription);
    }
  }

  /** Cleans all that have no entries after an offset. */
  void cleanUpTo(long offset) {
    List<Subscription> dirty = dirty();
    for (int i = dirty.size() - 1; i >= 0; i--) {
      if (dirty.get(i).topic().log().last() <= offset) {
        clean(dirty.get(i));
      }
    }
  }

  private void clean(Subscription subscription) {
    int index = subscription.dirtyIndex;
    if (index >= 0 && several != null) {
      Subscription last = several.remove(several.size() - 1);
      if (last != subscription) {
        several.set(index, last);
        last.dirtyIndex = index;
      }
    }
    subscription.dirtyIndex = -1;
  }
}
