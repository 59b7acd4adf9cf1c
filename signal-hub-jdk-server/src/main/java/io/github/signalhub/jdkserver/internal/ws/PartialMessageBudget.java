package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The memory that the unfinished messages of all clients of a server may hold together. The limit
 * on one message does not bound it: a thousand clients that each send all but the last byte of a
 * long message hold a thousand times as much. Messages that arrive whole are never counted. So
 * short messages get through whatever the long ones hold.
 *
 * <p>If there is no room for a client's message, the group of clients that holds most pays, such as
 * the clients of one address. The longest message of this group has to go, and of equal ones the
 * oldest. It may be the message that needed the room.
 *
 * <p>A message that has to go is counted apart until its client's thread has dropped it. All that
 * go at once are at most a quarter of the limit, or one message. The second half of this quarter is
 * for messages that are at most half as long as the one that goes. So clients that send many long
 * messages do not keep others out.
 *
 * <p>Thread-safe. No callback is called with the lock held.
 */
public final class PartialMessageBudget {
  private static final int PART_LEAVING = 8; // of the limit

  private static final Comparator<Share> LONGEST_LAST =
      Comparator.<Share>comparingLong(share -> share.bytes)
          .thenComparing(share -> share.number, Comparator.reverseOrder()); // the oldest is last

  private static final Comparator<Group> LARGEST_LAST =
      Comparator.<Group>comparingLong(group -> group.bytes).thenComparing(group -> group.number);

  private final long maxBytes;
  private final Map<Object, Group> groups = new HashMap<>(); // guarded by this, as is all below
  private final TreeSet<Group> bySize = new TreeSet<>(LARGEST_LAST);
  private long heldBytes;
  private long leavingBytes;
  private long numbers;

  /** Clients that count as one, and their messages. */
  private static final class Group {
    private final long number;
    private final TreeSet<Share> holders = new TreeSet<>(LONGEST_LAST);
    private long bytes;

    private Group(long number) {
      this.number = number;
    }
  }

  /**
   * The memory of one client's message at hand. A message that arrives whole needs none. Confined
   * to the client's thread.
   */
  final class Share {
    private final Object group;
    private final Runnable onWanted;
    private long number; // of its message, by age
    private long bytes;
    private boolean wanted;

    private Share(Object group, Runnable onWanted) {
      this.group = group;
      this.onWanted = onWanted;
    }

    /**
     * Counts how much the message holds now; 0 when it is finished or gone.
     *
     * @return whether there is room for it; if not, the message has to go
     */
    boolean hold(long now) {
      List<Share> leaving = new ArrayList<>(0);
      boolean held;
      synchronized (PartialMessageBudget.this) {
        held = tryHold(this, now, leaving);
      }
      leaving.forEach(share -> share.onWanted.run());
      return held;
    }

    /** Returns whether the message has to go, because its memory was given to others. */
    boolean isWanted() {
      synchronized (PartialMessageBudget.this) {
        return wanted;
      }
    }
  }

  /**
   * Makes a budget of which nothing is held.
   *
   * @param maxBytes how much may be held
   * @throws IllegalArgumentException if that is less than 1
   */
  public PartialMessageBudget(long maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("expected maxBytes of at least 1, was " + maxBytes);
    }
    this.maxBytes = maxBytes;
  }

  /**
   * Returns the share of a client, which holds nothing.
   *
   * @param group the clients of equal groups count as one
   * @param onWanted called when the client's message has to go; on any thread, and must not block
   */
  Share share(Object group, Runnable onWanted) {
    return new Share(requireNonNull(group, "group"), requireNonNull(onWanted, "onWanted"));
  }

  /** Returns how much is held now. */
  public synchronized long heldBytes() {
    return heldBytes;
  }

  /** Returns how much is given to others and not dropped yet. */
  synchronized long leavingBytes() {
    return leavingBytes;
  }

  private boolean tryHold(Share share, long now, List<Share> leaving) {
    if (share.wanted) {
      if (now == 0) {
        share.wanted = false;
        leavingBytes -= share.bytes;
        share.bytes = 0;
      }
      return now == 0;
    }
    long before = share.bytes;
    count(share, now);
    while (heldBytes > maxBytes) {
      Share longest = bySize.last().holders.last();
      if (longest == share || !mayLeave(longest, now)) {
        count(share, before);
        leaving.add(share);
        return false;
      }
      long bytes = longest.bytes;
      count(longest, 0);
      longest.bytes = bytes; // counted as leaving from now on
      longest.wanted = true;
      leavingBytes += bytes;
      leaving.add(longest);
    }
    return true;
  }

  /** Returns whether a message may go now, in favour of a message of {@code forBytes}. */
  private boolean mayLeave(Share longest, long forBytes) {
    long part = maxBytes / PART_LEAVING;
    long most = forBytes <= longest.bytes / 2 ? 2 * part : part;
    return leavingBytes == 0 || leavingBytes + longest.bytes <= most;
  }

  private void count(Share share, long now) {
    Group group = groups.computeIfAbsent(share.group, any -> new Group(numbers++));
    bySize.remove(group); // what it is sorted by changes
    group.holders.remove(share);
    if (share.bytes == 0) {
      share.number = numbers++;
    }
    group.bytes += now - share.bytes;
    heldBytes += now - share.bytes;
    share.bytes = now;
    if (now > 0) {
      group.holders.add(share);
    }
    if (group.holders.isEmpty()) {
      groups.remove(share.group);
    } else {
      bySize.add(group);
    }
  }
}
