package io.github.signalhub.internal.refs;

import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.spi.Handshake;
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
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The sessions in which a repeated {@code ref} is processed once. A session is kept while it has a
 * connection, and for {@link #FORGET_AFTER} after the last one has ended. Then it is called idle.
 *
 * <p>A session knows its messages that are in progress, and the replies to the last {@value
 * #MAX_REPLIES} that are done. A message in progress is never forgotten. Each connection has at
 * most one, because its messages are processed one by one.
 *
 * <p>Two things are limited: idle sessions ({@value #MAX_IDLE_SESSIONS}) and replies. A {@link
 * Party} may have a quarter of each. A party beyond its quota pays; beyond a limit, the party that
 * has most pays. First it pays with replies of its live sessions, down to {@value #MIN_REPLIES}
 * each. Then it pays with its oldest idle session that has had {@link #PROMISED}, then with its
 * newest one. So no session is forgotten early because of others, unless they are that many.
 *
 * <p>There is no timer: every connection that begins or ends clears up. Thread-safe.
 */
public final class RefSessions {
  static final Duration FORGET_AFTER = Duration.ofMinutes(5);

  /** For how long a session is kept before others that ended later. */
  static final Duration PROMISED = Duration.ofSeconds(30);

  static final int MAX_IDLE_SESSIONS = 10_000;

  /** The most replies that a session keeps. */
  static final int MAX_REPLIES = 1024;

  /** So many of its newest replies a session that has a connection keeps in any case. */
  static final int MIN_REPLIES = 64;

  /** A party may have this part of each limit. */
  private static final int QUOTA_PART = 4;

  private static final int BATCH_PART = 64;

  /** About how many bytes a reply takes, with a long {@code ref}. */
  private static final int REF_BYTES = 256;

  private final LongSupplier nanoClock;
  private final int maxRefs;
  private final boolean byAddress;
  private final AtomicInteger refs = new AtomicInteger();
  private final Map<Party, Account> accounts = new HashMap<>();
  private final Map<Key, Live> live = new HashMap<>();

  /** In the order in which their last connections ended. */
  private final LinkedHashMap<Key, Idle> idle = new LinkedHashMap<>();

  private volatile int tooMany; // replies, for which room is looked for again
  private long seats;

  /**
   * Creates an empty set of sessions.
   *
   * @param nanoClock a clock like {@link System#nanoTime}, by which they are forgotten
   * @param maxRefs how many replies are kept before sessions keep fewer
   * @param byAddress whether a session of a client without a user is another one at another address
   */
  public RefSessions(LongSupplier nanoClock, int maxRefs, boolean byAddress) {
    this.nanoClock = nanoClock;
    this.maxRefs = maxRefs;
    this.byAddress = byAddress;
  }

  /** Returns how many replies about a sixteenth of the heap holds. */
  public static int maxRefsOfHeap() {
    return (int) Math.min(1 << 20, Runtime.getRuntime().maxMemory() / 16 / REF_BYTES);
  }

  /**
   * Returns a connection's place in its session; {@link Membership#end} gives it up.
   *
   * @param session the client's own id
   * @param asker sends to the connection's client
   */
  public synchronized Membership attach(
      String session, Handshake handshake, Consumer<ControlMessage> asker) {
    forgetExpired();
    boolean bound = byAddress && handshake.user().isEmpty();
    Object address = bound ? Party.addressOf(handshake) : null;
    Key key = new Key(handshake.user(), session, address);
    Live found = live.get(key);
    if (found == null) {
      found = revive(key, Party.of(handshake));
      live.put(key, found);
      found.account.live.add(found);
    }
    found.connections++;
    return new Membership(key, found, new Seat(asker, seats++));
  }

  private Live revive(Key key, Party party) {
    Idle kept = idle.remove(key);
    if (kept != null) {
      kept.account.idle.remove(key);
      return new Live(kept.account, kept.window);
    }
    Account account = accounts.computeIfAbsent(party, Account::new);
    return new Live(account, new Window(refs, account.refs));
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

  /** Forgets the oldest that was kept for the promised time, or the newest. */
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
    return Math.max(MAX_REPLIES, maxRefs / QUOTA_PART);
  }

  /**
   * Makes room for replies: in the account, then in the largest ones. Makes a little more room than
   * is needed, because it looks at all accounts. If there is none to make, it comes again a little
   * later.
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

  /** Lets an account pay with some of its replies; returns whether it had any to pay with. */
  private boolean pay(Account account) {
    Window largest = null;
    for (Live session : account.live) {
      boolean more = largest == null || session.window.size() > largest.size();
      largest = more ? session.window : largest;
    }
    if (largest != null && largest.size() > MIN_REPLIES) {
      largest.keep(Math.max(MIN_REPLIES, largest.size() / 2));
      return true;
    }
    if (account.idle.isEmpty()) {
      return false;
    }
    forgetOne(account);
    return true;
  }

  /**
   * A session is one user's: another user learns nothing of its replies by guessing its id.
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

  private record Idle(Account account, Window window, long since) {}

  /** The sessions and replies of a party. */
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
    private final Window window;
    private int connections;

    private Live(Account account, Window window) {
      this.account = account;
      this.window = window;
    }
  }

  /**
   * One connection of a session.
   *
   * @param asker sends to its client
   * @param number larger for a later connection
   */
  private record Seat(Consumer<ControlMessage> asker, long number) {}

  /** The messages of one session that are in progress, and replies to those that are done. */
  private static final class Window {
    private final Map<Object, Seat> running = new HashMap<>(2);
    private final LinkedHashMap<Object, Reply> done = new LinkedHashMap<>();
    private final AtomicInteger all;
    private final AtomicInteger own;

    /**
     * Creates an empty window.
     *
     * @param all how many replies all windows keep together, counted by each of them
     * @param own how many those of the same party keep, counted likewise
     */
    private Window(AtomicInteger all, AtomicInteger own) {
      this.all = all;
      this.own = own;
    }

    /**
     * Notes that a connection asks for a message that is not done. To be called with the lock.
     *
     * @return whether it is the first that asks
     */
    private boolean begin(Object ref, Seat seat) {
      Seat asked = running.get(ref);
      if (asked == null || asked.number < seat.number) {
        running.put(ref, seat); // a former connection's callbacks may ask after a later one
      }
      return asked == null;
    }

    /** Keeps the reply to a message, and returns the newest connection that asked for it. */
    private synchronized Seat finish(Object ref, Reply reply) {
      done.put(ref, reply);
      count(1);
      keep(MAX_REPLIES);
      return running.remove(ref);
    }

    /** Keeps the newest replies, at most this many. */
    private synchronized void keep(int most) {
      Iterator<Object> oldest = done.keySet().iterator();
      while (done.size() > most) {
        oldest.next();
        oldest.remove();
        count(-1);
      }
    }

    /** Forgets all replies. */
    private synchronized void clear() {
      count(-done.size());
      done.clear();
    }

    /** Returns how many replies are kept. */
    private synchronized int size() {
      return done.size();
    }

    private void count(int more) {
      all.addAndGet(more);
      own.addAndGet(more);
    }
  }

  /** One connection's place in its session. Thread-safe, but for {@link #end}: called once. */
  public final class Membership {
    private final Key key;
    private final Live session;
    private final Seat seat;

    private Membership(Key key, Live session, Seat seat) {
      this.key = key;
      this.session = session;
      this.seat = seat;
    }

    /**
     * Takes a message of this connection. A repeat is answered here: at once if the first one is
     * done, else together with it.
     *
     * @return whether it is the first one, which is to be processed and then {@link #finish}ed
     */
    public boolean begin(Object ref) {
      Window window = session.window;
      Reply known;
      synchronized (window) {
        known = window.done.get(ref);
        if (known == null) {
          return window.begin(ref, seat);
        }
      }
      seat.asker.accept(known.to(ref));
      return false;
    }

    /** Keeps the reply to a message that is done, and sends it to the newest that asked for it. */
    public void finish(Object ref, Reply reply) {
      Seat asked = session.window.finish(ref, reply);
      if (isTooMany(session.account)) {
        makeRoom(session.account);
      }
      asked.asker.accept(reply.to(ref));
    }

    /** Gives the place up, when nothing that this connection sent is in progress. */
    public void end() {
      detach(key);
    }
  }
}
