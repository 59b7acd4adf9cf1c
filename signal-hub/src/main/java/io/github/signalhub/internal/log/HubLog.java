package io.github.signalhub.internal.log;

import io.github.signalhub.internal.log.AppendResult.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The log of one hub: a total order over all its topics.
 *
 * <p>Under one short lock a message gets the next offset and joins its topic. It flags the readers
 * of the topic, and moves the {@linkplain #horizon horizon}. Nothing else happens there: no I/O, no
 * application code, no loop over clients.
 *
 * <p>{@link Topics} has the topics. {@link Eviction} decides which entries leave, and when.
 * Thread-safe.
 */
public final class HubLog {
  /** The name of the topic that every client follows. */
  public static final String BROADCAST = "$broadcast";

  /** How many bytes {@link #append} expects after the place of an offset's digits. */
  public static final int BYTES_AFTER_DIGITS = 2;

  /** How many bytes an entry counts besides its text. */
  public static final int ENTRY_OVERHEAD_BYTES = Entry.OVERHEAD_BYTES;

  private final ReentrantLock lock = new ReentrantLock();

  /** The horizon's digits, kept as text so that they need not be written for each entry. */
  private final byte[] digits = new byte[MessageId.OFFSET_DIGITS];

  private final Function<String, Retention> retentions;
  private final LongSupplier nanoClock;
  private final Topics topics;
  private final Eviction eviction;
  private volatile LogReader[] readers = new LogReader[0];
  private volatile Epoch epoch;
  private volatile long horizon;

  /** How many offsets no message has: tables began anew there, or epochs, or others have them. */
  private long marks; // guarded by the lock

  /** Where the removals are published that ages call for; {@code null}: they are done here. */
  private volatile Removals removals;

  /** The removals to publish when the lock is released. Guarded by the lock. */
  private List<Removal> removalsDue = List.of();

  private volatile boolean closed;
  private volatile int restarts;

  /** Whether any message ever had a client as its sender. */
  private volatile boolean senders;

  /**
   * The ids of one epoch. Immutable.
   *
   * @param bits names it: 64 random bits
   * @param base its first offset. Ids of older offsets are of older epochs
   * @param older the epoch before, or {@code null}. Only a few are known
   */
  private record Epoch(long bits, long base, Epoch older) {
    private static final int MAX_OLDER = 4;

    /** Returns this epoch without the oldest ones, which are too many. */
    private Epoch newest(int count) {
      return count == 0
          ? null
          : new Epoch(bits, base, older == null ? null : older.newest(count - 1));
    }
  }

  /** Publishes that everything of a topic up to an offset is to be removed on every node. */
  public interface Removals {
    /** Publishes it. Called without a lock. */
    void publish(String topic, long upTo);
  }

  private record Removal(String topic, long upTo) {}

  /**
   * Creates an empty log.
   *
   * @param epoch names the log in the ids of its messages: 64 random bits
   * @param limits the limits of the whole log
   * @param retentions the limits of each topic, by its name; equal values share their bookkeeping
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  public HubLog(
      long epoch,
      LogLimits limits,
      Function<String, Retention> retentions,
      LongSupplier nanoClock) {
    this.epoch = new Epoch(epoch, 0, null);
    this.retentions = retentions;
    this.nanoClock = nanoClock;
    this.topics = new Topics(BROADCAST, retentions.apply(BROADCAST));
    MessageId.writeOffset(0, digits);
    this.eviction = new Eviction(limits, topics, this::released, new TableMarks());
  }

  /** Returns a topic if it exists. */
  public Optional<Topic> find(String name) {
    return Optional.ofNullable(topics.find(name));
  }

  /** Returns the names of all topics, the internal ones included; a snapshot. */
  public Set<String> topicNames() {
    return topics.names();
  }

  /** Returns what the readers have of a topic, as it is now; empty if it does not exist. */
  public List<LogReader.TopicSubscription> subscriptions(String name) {
    lock.lock();
    try {
      Topic topic = topics.find(name);
      return topic == null ? List.of() : List.of(topic.links);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns retained entries of a topic, oldest first. Takes the lock for a moment alone, so a long
   * page delays no publisher.
   *
   * @param after the offset after which to begin, or {@link LogPage#BEGINNING}
   * @param begunAt as in the page before; {@link LogPage#NOT_BEGUN} if there is none
   * @param most how many entries to return, at least 1
   */
  public LogPage read(String name, long after, long begunAt, int most) {
    long upTo = horizon;
    Topic topic = topics.find(name);
    if (topic == null) {
      boolean gap = after != LogPage.BEGINNING && Math.max(after, begunAt) < floor(name);
      return new LogPage(List.of(), gap, false, Math.max(upTo, after), begunAt);
    }
    expire(topic);
    return LogPage.read(topic.log(), after, begunAt, most, upTo);
  }

  /** Returns the offset of the newest entry; 0 if there was none. */
  public long horizon() {
    return horizon;
  }

  /** Returns the part of the ids that names this log, or its present epoch. */
  public long epoch() {
    return epoch.bits;
  }

  /** Returns the id of an offset, by its epoch. That of offset 0 is of the present one. */
  public MessageId id(long offset) {
    Epoch of = epoch;
    while (offset > 0 && offset < of.base && of.older != null) {
      of = of.older;
    }
    return new MessageId(of.bits, offset);
  }

  /**
   * Returns the offset of an id. {@link StartId#UNKNOWN}: of another log or epoch, or after the
   * horizon.
   */
  public long offset(StartId id, long horizon) {
    Epoch now = epoch;
    return id.offset(now.bits, now.base, horizon);
  }

  /** Returns how many messages were ever appended. It never falls: the two change together. */
  public long appended() {
    lock.lock();
    try {
      return horizon - marks;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many topics exist, the internal ones included. */
  public int topicCount() {
    return topics.count();
  }

  /** Returns how many bytes the entries take, with overheads and encoded wire forms. */
  public long bytes() {
    return eviction.bytes();
  }

  /**
   * Returns how many bytes the live entries of all tables are charged to their budget. A snapshot.
   */
  public long tableBytes() {
    return eviction.tableBytes();
  }

  /** Returns how many entries are retained. A snapshot. */
  public long size() {
    return eviction.entries();
  }

  /**
   * Returns how many bytes a message counts towards the log's limit if it is alone in its topic and
   * has no wire forms.
   */
  public static int sizeBytes(String topic, byte[] json, MessageKey key, Sender sender) {
    return Entry.sizeBytes(json, key, sender) + Topic.sizeBytes(topic, key != null);
  }

  /**
   * Returns how many bytes a live row is charged to the budget of tables if it is alone in its
   * topic.
   */
  public static long tableBytes(String topic, byte[] json, MessageKey key, Sender sender) {
    return (long) Entry.Keyed.tableBytes(json, key, sender) + Topic.sizeBytes(topic, true);
  }

  /** Returns whether clients may know messages of their own that they were not sent. */
  public boolean hasSenders() {
    return senders;
  }

  /** Learns that a client is about to send a message, before any reader can see the entry. */
  public void expectSenders() {
    if (!senders) {
      senders = true;
    }
  }

  /**
   * Appends a message to the stream of a name, for all its readers; see {@link #append(String,
   * byte[], MessageKey, Sender)}.
   */
  public AppendResult append(String name, byte[] json) {
    return append(name, json, null, null);
  }

  /**
   * Appends a message to the topic of a name, which is created if it does not exist, and wakes a
   * reader.
   *
   * @param json the message, owned by the log from now on. The digits of its offset are written
   *     into their place at its end
   * @param key in a compacted topic, the message's key; {@code null} in others
   * @param sender the client that the message is not sent to; {@code null}: it is sent to all
   */
  public AppendResult append(String name, byte[] json, MessageKey key, Sender sender) {
    while (!closed) {
      Topic topic = topics.find(name);
      AppendResult result = append(topic != null ? topic : create(name), json, key, sender);
      if (result != AppendResult.CLOSED) {
        return result;
      } // else the topic was dropped just now
    }
    return AppendResult.CLOSED;
  }

  /**
   * Appends a message to a stream and wakes a reader.
   *
   * @param json as in {@link #append(String, byte[], MessageKey, Sender)}
   */
  public AppendResult append(Topic topic, byte[] json) {
    return append(topic, json, null, null);
  }

  private AppendResult append(Topic topic, byte[] json, MessageKey key, Sender sender) {
    long now = nanoClock.getAsLong();
    LogReader.TopicSubscription[] concerned;
    boolean begunAnew;
    AppendResult result;
    lock.lock();
    try {
      long marksBefore = marks;
      result = append(topic, json, key, sender, now);
      concerned = result.isAppended() ? topic.links : Topic.NO_LINKS;
      begunAnew = marks != marksBefore;
    } finally {
      lock.unlock();
    }
    wake(concerned, begunAnew);
    return result;
  }

  /** Wakes a reader of an entry, and one of the tables that began anew. Without the lock. */
  private void wake(LogReader.TopicSubscription[] concerned, boolean begunAnew) {
    for (LogReader.TopicSubscription link : concerned) {
      if (link.reader.schedule()) {
        break; // that reader wakes the next
      }
    }
    if (begunAnew) {
      wakeAnother(null);
    }
  }

  /** Appends a message and flags the readers concerned. Guarded by the lock. */
  private AppendResult append(Topic topic, byte[] json, MessageKey key, Sender sender, long now) {
    if (closed) {
      return AppendResult.CLOSED;
    }
    eviction.age(now); // first: what is too old keeps nothing out
    if (topic.dropped) {
      return AppendResult.CLOSED;
    }
    if (topic instanceof Topic.Private waiting && !eviction.admitsPrivate(waiting, json.length)) {
      return AppendResult.FULL;
    }
    TopicLog entries = topic.log();
    Entry superseded = entries.supersededBy(key);
    boolean admitted = entries.admits(key);
    if (!admitted || !eviction.admitsRow(topic, json, key, sender, superseded)) {
      topics.dropIfUnused(topic); // a topic that was created for this message
      return admitted ? AppendResult.TABLES_FULL : AppendResult.TOO_MANY_KEYS;
    }
    boolean fits = eviction.makeRoom(topic, Entry.sizeBytes(json, key, sender), superseded);
    if (topic.dropped) {
      return AppendResult.CLOSED; // its last entry made room; the next attempt creates it again
    }
    if (!fits) {
      topics.dropIfUnused(topic);
      return AppendResult.OVERLOADED;
    }
    long offset = horizon + 1;
    MessageId.incrementOffset(digits);
    int place = json.length - BYTES_AFTER_DIGITS - digits.length;
    System.arraycopy(digits, 0, json, place, digits.length);
    add(entries.newEntry(topic, offset, json, key, sender, now), superseded);
    eviction.trim(topic, now);
    horizon = offset;
    return AppendResult.appended(offset);
  }

  /** Adds an entry and flags the readers concerned. Guarded by the lock. */
  private void add(Entry entry, Entry superseded) {
    Topic topic = entry.topic;
    boolean supersedes = superseded != null && !superseded.hasLeft(); // it may have made room
    topic.log().append(entry, supersedes ? superseded : null);
    if (supersedes) {
      eviction.left(superseded);
    }
    eviction.added(entry);
    flag(topic, entry.offset());
  }

  /**
   * Has the offsets given by others from now on. {@link #place} and its siblings append, and {@link
   * #restart} begins an epoch. Called before there are any messages.
   *
   * @param removals publishes the removals that the ages of keys call for
   */
  public void followOrder(Removals removals) {
    this.removals = removals;
  }

  /**
   * Appends a message that has its offset already, and wakes a reader. Nothing is refused but for a
   * while: everybody else has the message, too.
   *
   * @param offset the one after the {@link #horizon}
   * @param json with its id; owned by the log from now on
   * @param key as for {@link #append(String, byte[], MessageKey, Sender)}
   * @param sender as above
   * @param ageNanos how long ago it was published
   * @param mustFit whether the log may grow beyond its limit for it
   * @return {@code false} if the log is full of entries that readers still need
   */
  public boolean place(
      String name,
      long offset,
      byte[] json,
      MessageKey key,
      Sender sender,
      long ageNanos,
      boolean mustFit) {
    Outcome placed = Outcome.CLOSED;
    while (placed == Outcome.CLOSED && !closed) {
      Topic topic = topics.find(name);
      placed =
          place(topic != null ? topic : create(name), offset, json, key, sender, ageNanos, mustFit);
    } // else the topic was dropped just now
    return placed != Outcome.OVERLOADED;
  }

  /**
   * Appends a message to one session that has its offset already. The oldest ones that wait leave
   * if too many do.
   */
  public boolean place(Topic topic, long offset, byte[] json, long ageNanos, boolean mustFit) {
    return place(topic, offset, json, null, null, ageNanos, mustFit) != Outcome.OVERLOADED;
  }

  private Outcome place(
      Topic topic,
      long offset,
      byte[] json,
      MessageKey key,
      Sender sender,
      long ageNanos,
      boolean mustFit) {
    long now = nanoClock.getAsLong();
    LogReader.TopicSubscription[] concerned = Topic.NO_LINKS;
    List<Removal> due = List.of();
    lock.lock();
    try {
      eviction.age(now);
      due = takeRemovals();
      if (topic.dropped || closed) {
        if (topic.isPrivate()) {
          pass(offset); // its session has ended
        }
        return Outcome.CLOSED;
      }
      if (topic instanceof Topic.Private waiting) {
        eviction.makeRoomIn(waiting, json.length);
      }
      TopicLog entries = topic.log();
      Entry superseded = entries.supersededBy(key);
      boolean fits = eviction.makeRoom(topic, Entry.sizeBytes(json, key, sender), superseded);
      if (topic.dropped) {
        return Outcome.CLOSED; // its last entry made room; the next attempt creates it again
      }
      if (!fits && !mustFit) {
        topics.dropIfUnused(topic);
        return Outcome.OVERLOADED;
      }
      senders |= sender != null; // before a reader sees the entry
      add(entries.newEntry(topic, offset, json, key, sender, now - ageNanos), superseded);
      eviction.trim(topic, now);
      horizon = offset;
      concerned = topic.links;
    } finally {
      lock.unlock();
      publish(due); // also if the message is not placed: nobody asks again
    }
    wake(concerned, false);
    return Outcome.APPENDED;
  }

  /** Passes an offset that no message of this log has. */
  public void pass(long offset) {
    lock.lock();
    try {
      marks++;
      horizon = offset;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes all entries of a topic up to an offset, as {@link #drop} does.
   *
   * @param upTo the offset
   * @param offset the offset of the removal itself
   */
  public void remove(String name, long upTo, long offset) {
    boolean removed = false;
    lock.lock();
    try {
      Topic topic = topics.find(name);
      if (topic != null && topic.log().size() > 0 && !closed) {
        for (LogReader.TopicSubscription link : topic.links) {
          link.dropped(offset);
        }
        removed = eviction.removeUpTo(topic, upTo);
      }
      if (removed && topic.log() instanceof CompactedLog table) {
        beginAnew(topic, table, offset);
      } else {
        marks++;
      }
      if (removed) {
        topics.dropIfUnused(topic);
      }
      horizon = offset;
    } finally {
      lock.unlock();
    }
    if (removed) {
      wakeAnother(null);
    }
  }

  /** Lets a removal that was asked for be asked for again: it was not published. */
  public void removalFailed(String name) {
    lock.lock();
    try {
      Topic topic = topics.find(name);
      if (topic != null && topic.log() instanceof CompactedLog table) {
        table.removalAsked(0);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Begins anew at a floor, perhaps with another epoch. Everything is removed but the messages to
   * single sessions. Every client is told of it in its place, because every topic has this floor,
   * also those that do not exist.
   *
   * @param bits names the epoch
   * @param base the epoch's first offset
   * @param floor at least the base and the {@link #horizon}
   * @param rows places the rows of tables, none of which is after the floor, by {@link #placeRow};
   *     called under the lock
   */
  public void restart(long bits, long base, long floor, Runnable rows) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (epoch.bits != bits) {
        epoch = new Epoch(bits, base, horizon == 0 ? null : epoch.newest(Epoch.MAX_OLDER));
      }
      restarts++;
      marks += floor - horizon;
      List<Topic> all = topics.all();
      for (Topic topic : all) {
        for (LogReader.TopicSubscription link : topic.links) {
          if (!topic.closesLate()) {
            link.dropped(floor); // no client was too slow
          }
        }
        eviction.removeUpTo(topic, Long.MAX_VALUE);
      }
      topics.raiseFloors(floor);
      rows.run();
      for (Topic topic : topics.all()) {
        topic.log().raiseFloor(floor);
        flag(topic, floor);
      }
      all.forEach(topics::dropIfUnused);
      horizon = floor;
    } finally {
      lock.unlock();
    }
    wakeAnother(null);
  }

  /** Returns how often the log has begun anew. */
  public int restarts() {
    return restarts;
  }

  /** Places a row at a {@link #restart}. It is not after the floor. */
  public void placeRow(
      String table, long offset, byte[] json, MessageKey key, Sender sender, long ageNanos) {
    Topic topic = topics.findOrCreate(table, retentions.apply(table));
    long published = nanoClock.getAsLong() - ageNanos;
    Entry superseded = topic.log().supersededBy(key);
    add(topic.log().newEntry(topic, offset, json, key, sender, published), superseded);
  }

  /**
   * Returns why a row is not to be published, as far as this log knows; {@code null}: it may be.
   */
  public Outcome refusesRow(String name, byte[] json, MessageKey key) {
    Retention retention = retentions.apply(name);
    lock.lock();
    try {
      Topic topic = topics.findOrCreate(name, retention);
      boolean admitted = topic.log().admits(key);
      Entry superseded = topic.log().supersededBy(key);
      boolean fits = eviction.admitsRow(topic, json, key, null, superseded);
      topics.dropIfUnused(topic);
      return !admitted ? Outcome.TOO_MANY_KEYS : fits ? null : Outcome.TABLES_FULL;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether one more message may be published to one session. */
  public boolean admitsPrivate(Topic topic, int messages, long bytes) {
    lock.lock();
    try {
      return eviction.admitsPrivate((Topic.Private) topic, messages, bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Has the row of an offset sent to its sender, too, if it is still there. */
  public void sendToSender(String table, long offset) {
    Topic topic = topics.find(table);
    Entry row = topic == null ? null : topic.log().firstAfter(offset - 1);
    if (row != null && row.offset() == offset) {
      row.neededBySender();
    }
  }

  /**
   * Removes all entries of a topic, also those that readers have yet to offer. The readers of a
   * table begin anew. Those of a stream find the loss.
   *
   * @return whether there were any
   */
  public boolean drop(String name) {
    lock.lock();
    try {
      Topic topic = topics.find(name);
      if (closed || topic == null || topic.log().size() == 0) {
        return false;
      }
      for (LogReader.TopicSubscription link : topic.links) {
        link.dropped(horizon);
      }
      eviction.drop(topic);
    } finally {
      lock.unlock();
    }
    wakeAnother(null);
    return true;
  }

  /** Makes a reader known. */
  public void add(LogReader reader) {
    lock.lock();
    try {
      LogReader[] more = Arrays.copyOf(readers, readers.length + 1);
      more[readers.length] = reader;
      readers = more;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a reader, all of whose links were undone. */
  public void remove(LogReader reader) {
    lock.lock();
    try {
      List<LogReader> rest = new ArrayList<>(List.of(readers));
      rest.remove(reader);
      readers = rest.toArray(new LogReader[0]);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Wakes one more reader that has something to offer, if there is any besides the caller; {@code
   * null}: of all readers.
   */
  public void wakeAnother(LogReader caller) {
    for (LogReader reader : readers) {
      if (reader != caller && reader.isBehind() && reader.schedule()) {
        return;
      }
    }
  }

  /**
   * Ties a topic, which is created if it does not exist, to a reader.
   *
   * @param link makes the link; called under the lock
   */
  public <L extends LogReader.TopicSubscription> L link(String name, Function<Topic, L> link) {
    Retention retention = retentions.apply(name);
    lock.lock();
    try {
      return link(topics.findOrCreate(name, retention), link);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Creates a topic that only its one subscriber knows.
   *
   * @param written up to where the subscriber has been written to
   * @param link makes the link; called under the lock
   */
  public <L extends LogReader.TopicSubscription> L linkPrivate(
      String name, LongSupplier written, Function<Topic, L> link) {
    Retention retention = retentions.apply(name);
    lock.lock();
    try {
      return link(topics.createPrivate(name, retention, written), link);
    } finally {
      lock.unlock();
    }
  }

  /** Undoes a {@link #link}; a private topic ends with it. Idempotent. */
  public void unlink(LogReader.TopicSubscription link) {
    lock.lock();
    try {
      Topic topic = link.topic;
      List<LogReader.TopicSubscription> rest = new ArrayList<>(List.of(topic.links));
      rest.remove(link);
      topic.links = rest.toArray(Topic.NO_LINKS);
      if (topic.isPrivate()) {
        topic.dropped = true;
        eviction.clear(topic);
      } else {
        topics.dropIfUnused(topic);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Removes the entries of a topic that are too old, so that a resume is answered exactly. */
  public void expire(Topic topic) {
    long now = nanoClock.getAsLong();
    boolean begunAnew;
    List<Removal> due;
    lock.lock();
    try {
      long marksBefore = marks;
      eviction.expire(topic, now);
      begunAnew = marks != marksBefore;
      due = takeRemovals();
    } finally {
      lock.unlock();
    }
    if (begunAnew) {
      wakeAnother(null);
    }
    publish(due);
  }

  /** Returns whether a topic of a name is compacted. */
  public boolean isCompacted(String name) {
    return retentions.apply(name).maxKeys() > 0;
  }

  /**
   * Returns up to where the entries of a topic have left, whether it exists or not. Removes those
   * that are too old before.
   */
  public long floor(String name) {
    find(name).ifPresent(this::expire);
    lock.lock();
    try {
      return topics.floor(name);
    } finally {
      lock.unlock();
    }
  }

  /** Refuses all further messages. */
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the offset up to which no reader needs the entries any more. Guarded by the lock. */
  private long released() {
    long released = horizon;
    for (LogReader reader : readers) {
      released = Math.min(released, reader.released());
    }
    return released;
  }

  private List<Removal> takeRemovals() {
    List<Removal> due = removalsDue;
    removalsDue = List.of();
    return due;
  }

  private void publish(List<Removal> due) {
    due.forEach(removal -> removals.publish(removal.topic, removal.upTo));
  }

  /** Says where tables begin anew that have too old keys. Guarded by the lock. */
  private final class TableMarks implements Eviction.Marks {
    @Override
    public boolean asks(Topic topic, CompactedLog table, long upTo) {
      if (removals == null) {
        return false;
      }
      table.removalAsked(upTo);
      removalsDue = removalsDue.isEmpty() ? new ArrayList<>(1) : removalsDue;
      removalsDue.add(new Removal(topic.name(), upTo));
      return true;
    }

    @Override
    public void beginAnew(Topic topic, CompactedLog table) {
      long offset = horizon + 1;
      MessageId.incrementOffset(digits);
      HubLog.this.beginAnew(topic, table, offset);
      horizon = offset;
    }
  }

  /**
   * Lets a table from which live entries were removed begin anew, for every client that has read
   * less than an offset. No message has that offset. Guarded by the lock.
   */
  private void beginAnew(Topic topic, CompactedLog table, long offset) {
    marks++;
    for (LogReader.TopicSubscription link : topic.links) {
      link.dropped(offset);
    }
    table.beginAnew(offset);
    flag(topic, offset);
  }

  private static void flag(Topic topic, long offset) {
    for (LogReader.TopicSubscription link : topic.links) {
      link.reader.flag(link, offset);
    }
  }

  private <L extends LogReader.TopicSubscription> L link(Topic topic, Function<Topic, L> factory) {
    L link = factory.apply(topic);
    LogReader.TopicSubscription[] more = Arrays.copyOf(topic.links, topic.links.length + 1);
    more[topic.links.length] = link;
    topic.links = more;
    return link;
  }

  private Topic create(String name) {
    Retention retention = retentions.apply(name);
    lock.lock();
    try {
      return topics.findOrCreate(name, retention);
    } finally {
      lock.unlock();
    }
  }
}
