package io.github.signalhub.internal.refs;

import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.spi.Handshake;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The sessions in which a repeated {@code ref} is processed once. A session is kept while it has a
 * connection, and for {@link #FORGET_AFTER} after the last one has ended. Then it is called idle.
 *
 * <p>A session knows its messages that are in progress, and the replies to the last {@value
 * #MAX_REPLIES} that are done. A message in progress is not forgotten, also if its connection has
 * ended. Such messages are bounded elsewhere, in number and in time.
 *
 * <p>A reply may carry an answer, which has its own size. A session keeps the newest answers that
 * were sent, up to a limit of bytes, and all that wait to be sent. If an answer is forgotten, its
 * {@code ref} is not: a repeat is told {@link Reply#FORGOTTEN}.
 *
 * <p>Two things are limited for all together: idle sessions ({@value #MAX_IDLE_SESSIONS}) and the
 * bytes of replies. A {@link Party} may have a quarter of each. A party beyond its quota pays;
 * beyond a limit, the party that has most pays. First it pays with answers, sent ones before
 * others. Then it pays with replies of its live sessions, down to {@value #MIN_REPLIES} each. Then
 * it pays with its oldest idle session that has had {@link #PROMISED}, then with its newest one. So
 * no session is forgotten early because of others, unless they are that many.
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

  /** A session keeps as many bytes of answers that were sent as so many of the longest have. */
  public static final int MAX_SENT_ANSWERS = 4;

  /** A party may have this part of each limit. */
  private static final int QUOTA_PART = 4;

  private static final int BATCH_PART = 64;

  /** About how many bytes a reply takes besides its answer, with a long {@code ref}. */
  static final int REF_BYTES = 256;

  private final LongSupplier nanoClock;
  private final long maxBytes;
  private final long maxSentBytes;
  private final boolean byAddress;
  private final AtomicLong bytes = new AtomicLong(); // of all replies
  private final Map<Party, Account> accounts = new HashMap<>();
  private final Map<Key, Live> live = new HashMap<>();

  /** In the order in which their last connections ended. */
  private final LinkedHashMap<Key, Idle> idle = new LinkedHashMap<>();

  private volatile long tooMany; // bytes, for which room is looked for again
  private long seats;

  /**
   * Creates an empty set of sessions.
   *
   * @param nanoClock a clock like {@link System#nanoTime}, by which they are forgotten
   * @param maxBytes how many bytes the replies may take before sessions keep fewer
   * @param maxAnswerBytes the most bytes of one answer
   * @param byAddress whether a session of a client without a user is another one at another address
   */
  public RefSessions(LongSupplier nanoClock, long maxBytes, int maxAnswerBytes, boolean byAddress) {
    this.nanoClock = nanoClock;
    this.maxBytes = maxBytes;
    this.maxSentBytes = (long) MAX_SENT_ANSWERS * maxAnswerBytes;
    this.byAddress = byAddress;
  }

  /** Returns how many bytes all replies may take: about a sixteenth of the heap. */
  public static long maxBytesOfHeap() {
    return Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 16);
  }

  /** Sends to the client of one connection. Thread-safe. */
  public interface Asker {
    /**
     * Sends a reply.
     *
     * @param answerBytes how many bytes its answer has now
     * @param reply makes the reply when the link takes it; the answer may be forgotten until then
     */
    void tell(int answerBytes, Supplier<ControlMessage> reply);
  }

  /**
   * Returns a connection's place in its session; {@link Membership#end} gives it up.
   *
   * @param session the client's own id
   * @param asker sends to the connection's client
   */
  public synchronized Membership attach(String session, Handshake handshake, Asker asker) {
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

  /**
   * Returns the place of a connection that has no session. Its answers count until they are sent.
   * {@link Membership#end} gives it up.
   */
  public synchronized Membership attach(Handshake handshake, Asker asker) {
    Live alone = begin(Party.of(handshake));
    alone.account.live.add(alone);
    alone.connections++;
    return new Membership(null, alone, new Seat(asker, seats++));
  }

  private Live revive(Key key, Party party) {
    Idle kept = idle.remove(key);
    if (kept != null) {
      kept.account.idle.remove(key);
      return new Live(kept.account, kept.window);
    }
    return begin(party);
  }

  private Live begin(Party party) {
    Account account = accounts.computeIfAbsent(party, Account::new);
    return new Live(account, new Window(bytes, account.bytes, maxSentBytes));
  }

  /** Returns how many bytes the replies take, about. */
  public long bytes() {
    return bytes.get();
  }

  /** Returns how many bytes they may take. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Returns how many sessions are known, with and without a connection. */
  public synchronized int size() {
    return live.size() + idle.size();
  }

  private synchronized void detach(Key key, Live left) {
    if (--left.connections == 0) {
      Account account = left.account;
      live.remove(key, left);
      account.live.remove(left);
      if (key == null || left.window.isEmpty()) {
        left.window.forget();
      } else {
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

  /**
   * Forgets the oldest session that was kept for the promised time, or the newest. Messages in
   * progress would be processed again, so their sessions stay.
   *
   * @return whether there was one
   */
  private boolean forgetOne(Account account) {
    long now = nanoClock.getAsLong();
    Map.Entry<Key, Idle> chosen = null;
    for (Map.Entry<Key, Idle> one : account.idle.entrySet()) {
      if (!one.getValue().window.isRunning()) {
        boolean first = chosen == null;
        chosen = one;
        if (first && now - one.getValue().since >= PROMISED.toNanos()) {
          break;
        }
      }
    }
    if (chosen != null) {
      forget(chosen.getKey(), chosen.getValue());
    }
    return chosen != null;
  }

  private void forget(Key key, Idle session) {
    idle.remove(key);
    session.account.idle.remove(key);
    session.window.forget();
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

  private boolean isTooMuch(Account account) {
    return account.bytes.get() > Math.max(quota(), account.tooMany)
        || bytes.get() > Math.max(maxBytes, tooMany);
  }

  private long quota() {
    return Math.max((long) MAX_REPLIES * REF_BYTES, maxBytes / QUOTA_PART);
  }

  /**
   * Makes room for replies: in the account, then in the largest ones. Makes a little more room than
   * is needed, because it looks at all accounts. If there is none to make, it comes again a little
   * later.
   */
  private synchronized void makeRoom(Account account) {
    long some = quota() / BATCH_PART;
    if (account.bytes.get() > quota()) {
      while (account.bytes.get() > quota() - some && pay(account)) {}
      account.tooMany = account.bytes.get() + some;
    }
    if (bytes.get() > maxBytes) {
      PriorityQueue<Account> largest =
          new PriorityQueue<>((one, other) -> Long.compare(other.bytes.get(), one.bytes.get()));
      largest.addAll(accounts.values());
      while (bytes.get() > maxBytes - some && !largest.isEmpty()) {
        Account paying = largest.remove();
        if (pay(paying)) {
          largest.add(paying);
        }
      }
      tooMany = bytes.get() + some;
    }
  }

  /** Lets an account pay with some of its replies; returns whether it had any to pay with. */
  private boolean pay(Account account) {
    Window longest = null;
    for (Live session : account.live) {
      longest = longest(session.window, longest);
    }
    for (Idle session : account.idle.values()) {
      longest = longest(session.window, longest);
    }
    if (longest != null && longest.forgetHalfOfAnswers()) {
      return true;
    }
    Window largest = null;
    for (Live session : account.live) {
      boolean more = largest == null || session.window.size() > largest.size();
      largest = more ? session.window : largest;
    }
    if (largest != null && largest.size() > MIN_REPLIES) {
      largest.keep(Math.max(MIN_REPLIES, largest.size() / 2));
      return true;
    }
    return forgetOne(account);
  }

  /** Returns the one with more bytes of answers. */
  private static Window longest(Window one, Window other) {
    return other == null || one.answerBytes() > other.answerBytes() ? one : other;
  }

  /**
   * A session is one user's: another user learns nothing of its replies by guessing its id.
   *
   * @param address to which the session is bound, or {@code null}
   */
  private record Key(Optional<String> user, String session, Object address) {
    private String name() {
      String named = user.orElse("");
      String text = named.length() + ":" + named + session + (address == null ? "" : address);
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

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
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Live> live = new HashSet<>();
    private final LinkedHashMap<Key, Idle> idle = new LinkedHashMap<>();
    private volatile long tooMany; // as that of all

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
   * <p>Immutable, but for its end.
   */
  private static final class Seat {
    private final Asker asker;
    private final long number; // larger for a later connection
    private volatile boolean ended;

    /**
     * Creates a seat.
     *
     * @param asker sends to its client
     */
    private Seat(Asker asker, long number) {
      this.asker = asker;
      this.number = number;
    }

    /** Sends a reply. Its answer is looked up when the link takes it. */
    private void tell(Object ref, Window window, Kept kept) {
      asker.tell(kept.answerBytes(), () -> window.send(kept).to(ref));
    }
  }

  /**
   * The connections that asked for one message, newest first. An abandoned connection may ask after
   * its successor, and end before it. Those that have ended are left out of each new list, so it is
   * no longer than the session's connections. Immutable.
   *
   * @param others those that asked besides, or {@code null}
   */
  private record Asked(Seat seat, Asked others) {
    /** Returns those that asked before, and one more. */
    private static Asked by(Seat seat, Asked before) {
      if (before == null || before.seat == seat) {
        return new Asked(seat, before == null ? null : before.others);
      }
      if (before.seat.ended) {
        return by(seat, before.others);
      }
      return before.seat.number < seat.number
          ? new Asked(seat, before.open())
          : new Asked(before.seat, by(seat, before.others));
    }

    /** Returns these without those that have ended, or {@code null}. */
    private Asked open() {
      Asked rest = others == null ? null : others.open();
      return seat.ended ? rest : new Asked(seat, rest);
    }

    private Seat newest() {
      Asked open = open();
      return open == null ? seat : open.seat;
    }
  }

  /** A reply, until its answer is forgotten. Guarded by its window. */
  private static final class Kept {
    private final Object key;
    private volatile Reply reply; // read without the lock for its size
    private boolean sent; // once at least

    private Kept(Object key, Reply reply) {
      this.key = key;
      this.reply = reply;
    }

    private int answerBytes() {
      return reply.answerBytes();
    }
  }

  /** The messages of one session that are in progress, and replies to those that are done. */
  private static final class Window {
    private final Map<Object, Asked> running = new HashMap<>(2);
    private final LinkedHashMap<Object, Kept> done = new LinkedHashMap<>();
    private final AtomicLong all;
    private final AtomicLong own;
    private final long maxSentBytes;
    private long answerBytes;
    private long sentBytes; // of the answers that were sent
    private boolean forgotten; // nothing is kept any more

    /**
     * Creates an empty window.
     *
     * @param all how many bytes all windows keep together, counted by each of them
     * @param own how many those of the same party keep, counted likewise
     * @param maxSentBytes how many bytes of answers that were sent are kept
     */
    private Window(AtomicLong all, AtomicLong own, long maxSentBytes) {
      this.all = all;
      this.own = own;
      this.maxSentBytes = maxSentBytes;
    }

    /**
     * Notes that a connection asks for a message that is not done. To be called with the lock.
     *
     * @return whether it is the first that asks
     */
    private boolean begin(Object ref, Seat seat) {
      Asked before = running.get(ref);
      running.put(ref, Asked.by(seat, before));
      return before == null;
    }

    /**
     * Ends a message in progress. Returns the newest connection that asked for it and has not
     * ended; if all have ended, one of them.
     */
    private synchronized Seat finish(Kept kept) {
      keep(kept);
      return end(kept.key);
    }

    /** Ends a message in progress without keeping a reply. Returns as {@link #finish} does. */
    private synchronized Seat end(Object ref) {
      return running.remove(ref).newest();
    }

    /** Keeps a reply, unless this session was forgotten meanwhile. */
    private synchronized void keep(Kept kept) {
      if (!forgotten) {
        done.put(kept.key, kept);
        answerBytes += kept.answerBytes();
        count(REF_BYTES + kept.answerBytes());
        keep(MAX_REPLIES);
      }
    }

    /** Returns the reply that is sent now. */
    private synchronized Reply send(Kept kept) {
      Reply reply = kept.reply;
      if (!kept.sent && done.get(kept.key) == kept) {
        kept.sent = true;
        sentBytes += kept.answerBytes();
        forgetAnswers(sentBytes - maxSentBytes, true);
      }
      return reply;
    }

    /** Forgets a reply. */
    private synchronized void remove(Kept kept) {
      if (done.remove(kept.key, kept)) {
        forgetAnswer(kept);
        count(-REF_BYTES);
      }
    }

    /** Keeps the newest replies, at most this many. */
    private synchronized void keep(int most) {
      while (done.size() > most) {
        remove(done.values().iterator().next());
      }
    }

    /** Forgets about half of the bytes of all answers; returns whether there were any. */
    private synchronized boolean forgetHalfOfAnswers() {
      long half = (answerBytes + 1) / 2;
      long sent = Math.min(half, sentBytes);
      long before = answerBytes;
      forgetAnswers(sent, true);
      forgetAnswers(half - (before - answerBytes), false);
      return half > 0;
    }

    /** Forgets the oldest answers of at least so many bytes, those that were sent or others. */
    private void forgetAnswers(long bytes, boolean sent) {
      long until = answerBytes - bytes;
      for (Iterator<Kept> oldest = done.values().iterator();
          answerBytes > until && oldest.hasNext(); ) {
        Kept kept = oldest.next();
        if (kept.sent == sent) {
          forgetAnswer(kept);
        }
      }
    }

    private void forgetAnswer(Kept kept) {
      int bytes = kept.answerBytes();
      if (bytes > 0) {
        answerBytes -= bytes;
        sentBytes -= kept.sent ? bytes : 0;
        count(-bytes);
        kept.reply = Reply.FORGOTTEN;
      }
    }

    /** Forgets all, now and later. */
    private synchronized void forget() {
      keep(0);
      forgotten = true;
    }

    /** Returns how many replies are kept. */
    private synchronized int size() {
      return done.size();
    }

    private synchronized long answerBytes() {
      return answerBytes;
    }

    /** Returns whether a message is in progress. */
    private synchronized boolean isRunning() {
      return !running.isEmpty();
    }

    private synchronized boolean isEmpty() {
      return done.isEmpty() && running.isEmpty();
    }

    private void count(long more) {
      all.addAndGet(more);
      own.addAndGet(more);
    }
  }

  /** One connection's place in its session. Thread-safe, but for {@link #end}: called once. */
  public final class Membership {
    private final Key key; // null if it is alone
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
      Kept known;
      synchronized (window) {
        known = window.done.get(ref);
        if (known == null) {
          return window.begin(ref, seat);
        }
      }
      seat.tell(ref, window, known);
      return false;
    }

    /**
     * Keeps the reply to a message that is done, and sends it to the newest that asked for it. This
     * connection may have ended meanwhile.
     */
    public void finish(Object ref, Reply reply) {
      Kept kept = new Kept(ref, reply);
      Seat asked = session.window.finish(kept);
      makeRoomIfNeeded();
      asked.tell(ref, session.window, kept);
    }

    /**
     * Sends the reply to a message that was not processed to the newest that asked for it. A repeat
     * is the first one again.
     */
    public void refuse(Object ref, Reply reply) {
      Kept unkept = new Kept(ref, reply);
      session.window.end(ref).tell(ref, session.window, unkept);
    }

    /**
     * Returns the name of its session on all nodes: one that tells nobody the client's own id.
     *
     * @throws IllegalStateException if it is alone
     */
    public String sessionName() {
      if (key == null) {
        throw new IllegalStateException("this connection has no session");
      }
      return key.name();
    }

    /** Sends the reply to a message that did not {@link #begin}, and keeps it until then. */
    public void send(Object ref, Reply reply) {
      Window window = session.window;
      Kept kept = new Kept(new Object(), reply); // the same ref may come several times
      window.keep(kept);
      makeRoomIfNeeded();
      seat.asker.tell(
          kept.answerBytes(),
          () -> {
            Reply now = window.send(kept);
            window.remove(kept);
            return now.to(ref);
          });
    }

    private void makeRoomIfNeeded() {
      if (isTooMuch(session.account)) {
        makeRoom(session.account);
      }
    }

    /** Gives the place up, when this connection sends no more. */
    public void end() {
      seat.ended = true;
      detach(key, session);
    }
  }
}
