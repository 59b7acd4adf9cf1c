package io.github.signalhub.internal.inbound;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.refs.Party;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Reservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The heap of all clients' messages: those that a transport keeps for the hub, that wait for
 * listeners, or that are in listeners.
 *
 * <p>One half is for messages that wait, as the bytes that came. When more arrive, the {@link
 * Party} that has most waiting loses its client with most. The other half is for messages from the
 * parsing until the listeners have returned. There the bytes count, and the values that they are
 * parsed to. A message for which there is no room waits, and holds no thread. Messages cannot be
 * taken from listeners. So a party's parsed messages may take no more than they leave free, except
 * small ones. There is always some room for others. A message whose answer is pending counts until
 * the answer is there. Small ones of a party are no exception while those that are pending take
 * more than they leave free.
 *
 * <p>When nothing is parsed, each message fits that may be taken at all. So messages that wait go
 * on.
 *
 * <p>Thread-safe. Its lock is taken last: no other object is called while it is held.
 */
public final class InboundBudget {
  /** A message of less than this part of a half is parsed while there is room at all. */
  private static final int SMALL_PART = 1024;

  private final long half;
  private final ReentrantLock lock = new ReentrantLock(); // does not pin a virtual thread
  private final Map<Party, Group> groups = new HashMap<>();
  private final Set<Share> waiting = new LinkedHashSet<>();
  private final LongAdder evictions = new LongAdder();
  private long arrived;
  private long parsed;

  /**
   * Creates a budget.
   *
   * @param capacity how many bytes both halves have together
   */
  public InboundBudget(long capacity) {
    half = capacity / 2;
  }

  /** The owner of a share. Its methods are called without the budget's lock. */
  interface Owner {
    /** Drops the messages that wait, and ends the client. */
    void evict();

    /** Goes on with the message that waited for room, which is there now. */
    void roomIsThere();
  }

  /** Whether a message can be parsed. */
  enum Room {
    THERE,
    LATER,
    NEVER
  }

  /** The bytes that a party holds. */
  private static final class Group {
    private final Set<Share> shares = new HashSet<>();
    private long arrived;
    private long parsed;
    private long pending; // of those that are parsed
  }

  private record Wanted(long text, long bytes) {}

  /** Returns how many bytes are counted. */
  public long used() {
    lock.lock();
    try {
      return arrived + parsed;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many clients were ended because all clients held too much. */
  public long evictions() {
    return evictions.sum();
  }

  /** Returns the share of one client, which is empty yet. */
  Share share(Party party, Owner owner) {
    return new Share(party, owner);
  }

  /**
   * Returns the share of one client for messages that a transport keeps, empty yet. They count as
   * messages that wait.
   *
   * @param evict as for {@link Registrar#reservation}
   */
  public Reservation reservation(Handshake handshake, Runnable evict) {
    Share share =
        share(
            Party.of(handshake),
            new Owner() {
              @Override
              public void evict() {
                evict.run();
              }

              @Override
              public void roomIsThere() {} // nothing is parsed of it
            });
    return new Reservation() {
      @Override
      public boolean take(long bytes) {
        boolean taken = share.arrived(bytes);
        if (!taken) {
          share.dropped(bytes);
        }
        return taken;
      }

      @Override
      public void give(long bytes) {
        share.dropped(bytes);
      }
    };
  }

  /** The bytes that one client holds. Thread-safe. */
  final class Share {
    private final Party party;
    private final Owner owner;
    private long ownArrived;
    private long ownParsed;
    private Wanted wanted; // null if nothing waits for room

    private Share(Party party, Owner owner) {
      this.party = party;
      this.owner = owner;
    }

    /**
     * Counts a message that arrived, and evicts the clients that hold too much: maybe this one.
     *
     * @return whether it is not this one
     */
    boolean arrived(long bytes) {
      List<Owner> evicted;
      lock.lock();
      try {
        countArrived(bytes);
        evicted = chooseWhomToEvict();
      } finally {
        lock.unlock();
      }
      if (!evicted.isEmpty()) {
        HubLogger.HUB.warnCounted(
            "Clients' messages of {0} bytes wait for listeners (half of maxWaitingBytes):"
                + " the client with most of them is closed with 1013",
            half);
        evictions.add(evicted.size());
        evicted.forEach(Owner::evict);
      }
      return !evicted.contains(owner);
    }

    /** Counts messages no more that had arrived and were not parsed. */
    void dropped(long bytes) {
      lock.lock();
      try {
        countArrived(-bytes);
      } finally {
        lock.unlock();
      }
    }

    /**
     * Takes the room that a message needs when it is parsed. If it comes {@link Room#LATER}, {@link
     * Owner#roomIsThere} is called, and the next call returns {@link Room#THERE}. Calls nobody, so
     * that it may be called with a lock.
     *
     * @param text the bytes that were counted when it arrived
     * @param bytes what it takes besides
     */
    Room parse(long text, long bytes) {
      lock.lock();
      try {
        if (wanted != null) { // it has been waited for, and was taken
          wanted = null;
          return Room.THERE;
        }
        if (text + bytes > half) {
          return Room.NEVER;
        }
        Wanted now = new Wanted(text, bytes);
        if (fits(now)) {
          take(now);
          return Room.THERE;
        }
        wanted = now;
        waiting.add(this);
        return Room.LATER;
      } finally {
        lock.unlock();
      }
    }

    /** Counts a message no more whose listeners have returned. */
    void done(long text, long bytes) {
      List<Owner> ready;
      lock.lock();
      try {
        countParsed(-text - bytes);
        ready = grant();
      } finally {
        lock.unlock();
      }
      ready.forEach(Owner::roomIsThere);
    }

    /**
     * Counts a parsed message as pending, or with negative values as pending no more.
     *
     * @param counted what was counted when it was parsed
     * @param more what it takes besides while it is pending
     */
    void pending(long counted, long more) {
      List<Owner> ready;
      lock.lock();
      try {
        group().pending += counted + more;
        countParsed(more);
        ready = more < 0 ? grant() : List.of();
      } finally {
        lock.unlock();
      }
      ready.forEach(Owner::roomIsThere);
    }

    /** Waits for room no more; gives it back if it came. */
    void withdraw() {
      List<Owner> ready = List.of();
      lock.lock();
      try {
        if (wanted != null && !waiting.remove(this)) {
          countArrived(wanted.text);
          countParsed(-wanted.text - wanted.bytes);
          ready = grant();
        }
        wanted = null;
      } finally {
        lock.unlock();
      }
      ready.forEach(Owner::roomIsThere);
    }

    private boolean fits(Wanted message) {
      long bytes = message.text + message.bytes;
      long free = half - parsed;
      Group group = groups.get(party);
      long own = group == null ? 0 : group.parsed;
      long pending = group == null ? 0 : group.pending;
      boolean small = bytes <= half / SMALL_PART && pending <= free;
      return bytes <= free && (own + bytes <= free || small);
    }

    private void take(Wanted message) {
      countArrived(-message.text);
      countParsed(message.text + message.bytes);
    }

    private void countArrived(long bytes) {
      arrived += bytes;
      ownArrived += bytes;
      group().arrived += bytes;
      forgetIfEmpty();
    }

    private void countParsed(long bytes) {
      parsed += bytes;
      ownParsed += bytes;
      group().parsed += bytes;
      forgetIfEmpty();
    }

    private Group group() {
      Group group = groups.computeIfAbsent(party, any -> new Group());
      group.shares.add(this);
      return group;
    }

    private void forgetIfEmpty() {
      if (ownArrived == 0 && ownParsed == 0) {
        Group group = groups.get(party);
        group.shares.remove(this);
        if (group.shares.isEmpty()) {
          groups.remove(party);
        }
      }
    }
  }

  /** Gives room to those that wait, the oldest first; a small one may pass a large one. */
  private List<Owner> grant() {
    List<Owner> ready = new ArrayList<>(0);
    for (Iterator<Share> next = waiting.iterator(); next.hasNext(); ) {
      Share share = next.next();
      if (share.fits(share.wanted)) {
        next.remove();
        share.take(share.wanted);
        ready.add(share.owner);
      }
    }
    return ready;
  }

  private List<Owner> chooseWhomToEvict() {
    List<Owner> owners = new ArrayList<>(0);
    Set<Share> chosen = new HashSet<>();
    for (long missing = arrived - half; missing > 0; ) {
      Share largest = largest(chosen);
      chosen.add(largest);
      owners.add(largest.owner);
      missing -= largest.ownArrived;
    }
    return owners;
  }

  /** Returns the client with most that waits, of the party with most that does. */
  private Share largest(Set<Share> without) {
    Share largest = null;
    long most = 0;
    for (Group group : groups.values()) {
      long rest = group.arrived;
      for (Share share : without) {
        rest -= group.shares.contains(share) ? share.ownArrived : 0;
      }
      if (rest > most) {
        most = rest;
        largest = null;
        for (Share share : group.shares) {
          boolean more = largest == null || share.ownArrived > largest.ownArrived;
          largest = more && !without.contains(share) ? share : largest;
        }
      }
    }
    return largest;
  }
}
