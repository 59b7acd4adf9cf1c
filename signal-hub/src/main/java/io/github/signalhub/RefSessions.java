package io.github.signalhub;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The sessions in which a repeated {@code ref} is processed once: those that have a connection, and
 * for {@link #FORGET_AFTER} those whose last connection has ended, the idle ones.
 *
 * <p>Two things are limited: idle sessions ({@value #MAX_IDLE_SESSIONS}) and answers. A {@link
 * Party} may have a quarter of each. A party beyond its quota pays; beyond a limit, the party that
 * has most pays. It pays with answers of its live sessions, down to {@link RefWindow#MIN_FINISHED}
 * each, then with its oldest idle session that has had {@link #PROMISED}, then with its newest one.
 * So nobody's session is forgotten early for what others do, unless they are that many.
 *
 * <p>There is no timer: every connection that begins or ends clears up. Thread-safe.
 */
final class RefSessions {
  static final Duration FORGET_AFTER = Duration.ofMinutes(5);

  /** For how long a session is kept before others that ended later. */
  static final Duration PROMISED = Duration.ofSeconds(30);

  static final int MAX_IDLE_SESSIONS = 10_000;

  /** A party may have this part of what there is. */
  private static final int QUOTA_PART = 4;

  private static final int BATCH_PART = 64;

  /** About what an answer takes, with a long {@code ref}. */
  private static final int REF_BYTES = 256;

  private final LongSupplier nanoClock;
  private final int maxRefs;
  private final boolean byAddress;
  private final AtomicInteger refs = new AtomicInteger();
  private final Map<Party, Account> accounts = new HashMap<>();
  private final Map<Key, Live> live = new HashMap<>();

  /** In the order in which their last connections ended. */
  private final LinkedHashMap<Key, Idle> idle = new LinkedHashMap<>();

  private volatile int tooMany; // answers, for which room is looked for again
  private long seats;

  /**
   * Creates an empty set of sessions.
   *
   * @param nanoClock a clock like {@link System#nanoTime}, by which they are forgotten
   * @param maxRefs how many answers are kept before sessions keep fewer
   * @param byAddress whether a session of a client without a user is another one at another address
   */
  RefSessions(LongSupplier nanoClock, int maxRefs, boolean byAddress) {
    this.nanoClock = nanoClock;
    this.maxRefs = maxRefs;
    this.byAddress = byAddress;
  }

  /** Returns how many answers about a sixteenth of the heap holds. */
  static int maxRefsOfHeap() {
    return (int) Math.min(1 << 20, Runtime.getRuntime().maxMemory() / 16 / REF_BYTES);
  }

  /** Returns a connection's place in its session; {@link Membership#end} gives it up. */
  synchronized Membership attach(Client client, String session) {
    forgetExpired();
    boolean bound = byAddress && client.user().isEmpty();
    Key key = new Key(client.user(), session, bound ? Party.addressOf(client) : null);
    Live found = live.get(key);
    if (found == null) {
      found = revive(key, Party.of(client));
      live.put(key, found);
      found.account.live.add(found);
    }
    found.connections++;
    return new Membership(key, found, new RefWindow.Seat(client, seats++));
  }

  private Live revive(Key key, Party party) {
    Idle kept = idle.remove(key);
    if (kept != null) {
      kept.account.idle.remove(key);
      return new Live(kept.account, kept.window);
    }
    Account account = accounts.computeIfAbsent(party, Account::new);
    return new Live(account, new RefWindow(refs, account.refs));
  }

  /** Returns how many sessions are known, with and without a connection. */
  synchronized int size() {
    return live.size() + idle.size();
  }

  private synchronized void detach(Key key) {
    Live left = live.get(key);
    if (--left.connections == 0) {
      Account account = left.account;
      live.remove(key);
      account.live.remove(left);
      if (left.window.size() > 0) { // it changes no more: only connections change it
        Idle ended = new Idle(account, left.window, nanoClock.getAsLong());
        idle.put(key, ended);
        account.idle.put(key, ended);
        limitIdle(account);
      }
      closeIfEmpty(account);
    }
    forgetExpired();
  }

  private void limitIdle(Account account) {
    if (account.idle.size() > MAX_IDLE_SESSIONS / QUOTA_PART) {
      forgetOne(account);
    }
    if (idle.size() > MAX_IDLE_SESSIONS) {
      Account most = account;
      for (Account other : accounts.values()) {
        most = other.idle.size() > most.idle.size() ? other : most;
      }
      forgetOne(most);
    }
  }

  /** Forgets the oldest that has had what is promised, or the newest. */
  private void forgetOne(Account account) {
    Iterator<Map.Entry<Key, Idle>> all = account.idle.entrySet().iterator();
    Map.Entry<Key, Idle> chosen = all.next();
    if (nanoClock.getAsLong() - chosen.getValue().since < PROMISED.toNanos()) {
      while (all.hasNext()) {
        chosen = all.next();
      }
    }
    forget(chosen.getKey(), chosen.getValue());
  }

  private void forget(Key key, Idle session) {
    idle.remove(key);
    session.account.idle.remove(key);
    session.window.clear();
    closeIfEmpty(session.account);
  }

  private void closeIfEmpty(Account account) {
    if (account.live.isEmpty() && account.idle.isEmpty()) {
      accounts.remove(account.party);
    }
  }

  private void forgetExpired() {
    long now = nanoClock.getAsLong();
    while (!idle.isEmpty()) {
      Map.Entry<Key, Idle> oldest = idle.entrySet().iterator().next();
      if (now - oldest.getValue().since < FORGET_AFTER.toNanos()) {
        return;
      }
      forget(oldest.getKey(), oldest.getValue());
    }
  }

  private boolean isTooMany(Account account) {
    return account.refs.get() > Math.max(quota(), account.tooMany)
        || refs.get() > Math.max(maxRefs, tooMany);
  }

  private int quota() {
    return Math.max(RefWindow.MAX_FINISHED, maxRefs / QUOTA_PART);
  }

  /**
   * Makes room for answers: in the account, then in the largest ones. Makes a little more than is
   * needed, and if there is none to make, comes again a little later: it looks at all accounts.
   */
  private synchronized void makeRoom(Account account) {
    int some = quota() / BATCH_PART;
    if (account.refs.get() > quota()) {
      while (account.refs.get() > quota() - some && pay(account)) {}
      account.tooMany = account.refs.get() + some;
    }
    if (refs.get() > maxRefs) {
      PriorityQueue<Account> largest =
          new PriorityQueue<>((one, other) -> Integer.compare(other.refs.get(), one.refs.get()));
      largest.addAll(accounts.values());
      while (refs.get() > maxRefs - some && !largest.isEmpty()) {
        Account paying = largest.remove();
        if (pay(paying)) {
          largest.add(paying);
        }
      }
      tooMany = refs.get() + some;
    }
  }

  /** Lets an account pay with some of its answers; returns whether it had any to pay with. */
  private boolean pay(Account account) {
    RefWindow largest = null;
    for (Live session : account.live) {
      boolean more = largest == null || session.window.size() > largest.size();
      largest = more ? session.window : largest;
    }
    if (largest != null && largest.size() > RefWindow.MIN_FINISHED) {
      largest.keep(Math.max(RefWindow.MIN_FINISHED, largest.size() / 2));
      return true;
    }
    if (account.idle.isEmpty()) {
      return false;
    }
    forgetOne(account);
    return true;
  }

  /**
   * A session is one user's: nobody learns of another's answers by guessing an id.
   *
   * @param address to which the session is bound, or {@code null}
   */
  private record Key(Optional<String> user, String session, Object address) {
    @Override
    public boolean equals(Object other) { // the JDK's own keeps our class loader: ClassLoaderTest
      return other instanceof Key same
          && user.equals(same.user)
          && session.equals(same.session)
          && Objects.equals(address, same.address);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * user.hashCode() + session.hashCode()) + Objects.hashCode(address);
    }
  }

  private record Idle(Account account, RefWindow window, long since) {}

  /** What a party has. */
  private static final class Account {
    private final Party party;
    private final AtomicInteger refs = new AtomicInteger();
    private final Set<Live> live = new HashSet<>();
    private final LinkedHashMap<Key, Idle> idle = new LinkedHashMap<>();
    private volatile int tooMany; // as that of all

    private Account(Party party) {
      this.party = party;
    }
  }

  private static final class Live {
    private final Account account;
    private final RefWindow window;
    private int connections;

    private Live(Account account, RefWindow window) {
      this.account = account;
      this.window = window;
    }
  }

  /** One connection's place in its session. Thread-safe, but for {@link #end}: called once. */
  final class Membership {
    private final Key key;
    private final Live session;
    private final RefWindow.Seat seat;

    private Membership(Key key, Live session, RefWindow.Seat seat) {
      this.key = key;
      this.session = session;
      this.seat = seat;
    }

    /** As {@link RefWindow#begin}. */
    RefWindow.Known begin(Object ref) {
      return session.window.begin(ref, seat);
    }

    /** As {@link RefWindow#finish}. */
    Client finish(Object ref, Outcome outcome) {
      Client asked = session.window.finish(ref, outcome);
      if (isTooMany(session.account)) {
        makeRoom(session.account);
      }
      return asked;
    }

    /** Gives the place up, when nothing that this connection sent is in progress. */
    void end() {
      detach(key);
    }
  }
}
