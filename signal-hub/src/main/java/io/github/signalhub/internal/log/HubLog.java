package io.github.signalhub.internal.log;

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

  private final long epoch;
  private final ReentrantLock lock = new ReentrantLock();

  /** The horizon's digits, kept as text so that they need not be written for each entry. */
  private final byte[] digits = new byte[MessageId.OFFSET_DIGITS];

  private final Function<String, Retention> retentions;
  private final LongSupplier nanoClock;
  private final Topics topics;
  private final Eviction eviction;
  private volatile LogReader[] readers = new LogReader[0];
  private volatile long horizon;

  /** How many offsets no message has, because tables began anew there. */
  private volatile long marks;

  private volatile boolean closed;

  /** Whether any message ever had a client as its sender. */
  private volatile boolean senders;

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
    this.epoch = epoch;
    this.retentions = retentions;
    this.nanoClock = nanoClock;
    this.topics = new Topics(BROADCAST, retentions.apply(BROADCAST));
    MessageId.writeOffset(0, digits);
    this.eviction = new Eviction(limits, topics, this::released, this::beginAnew);
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

  /** Returns the part of the ids that names this log. */
  public long epoch() {
    return epoch;
  }

  /** Returns the id of an offset. */
  public MessageId id(long offset) {
    return new MessageId(epoch, offset);
  }

  /** Returns the offset of an id. {@link StartId#UNKNOWN}: of another log, or after the horizon. */
  public long offset(StartId id, long horizon) {
    return id.offset(epoch, horizon);
  }

  /** Returns how many messages were ever appended. */
  public long appended() {
    return horizon - marks;
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
    for (LogReader.TopicSubscription link : concerned) {
      if (link.reader.schedule()) {
        break; // that reader wakes the next
      }
    }
    if (begunAnew) {
      wakeAnother(null);
    }
    return result;
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
    Entry entry = entries.newEntry(topic, offset, json, key, sender, now);
    boolean supersedes = superseded != null && !superseded.hasLeft(); // it may have made room
    entries.append(entry, supersedes ? superseded : null);
    if (supersedes) {
      eviction.left(superseded);
    }
    eviction.added(entry);
    for (LogReader.TopicSubscription link : topic.links) {
      link.reader.flag(link, offset);
    }
    eviction.trim(topic, now);
    horizon = offset;
    return AppendResult.appended(offset);
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
    lock.lock();
    try {
      long marksBefore = marks;
      eviction.expire(topic, now);
      begunAnew = marks != marksBefore;
    } finally {
      lock.unlock();
    }
    if (begunAnew) {
      wakeAnother(null);
    }
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

  /**
   * Lets a table from which live entries were removed begin anew, for every client that has read
   * less than the next offset. No message has that offset. Guarded by the lock.
   */
  private void beginAnew(Topic topic, CompactedLog table) {
    long offset = horizon + 1;
    MessageId.incrementOffset(digits);
    marks++;
    for (LogReader.TopicSubscription link : topic.links) {
      link.dropped(offset);
    }
    table.beginAnew(offset);
    for (LogReader.TopicSubscription link : topic.links) {
      link.reader.flag(link, offset);
    }
    horizon = offset;
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
