package io.github.signalhub.internal.log;

import io.github.signalhub.spi.WireForm;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One message in the log. Offset, text and topic never change. The neighbours in the {@link
 * ExpiryList} are guarded by the log's lock, and the wire forms by the entry's own monitor.
 * Thread-safe.
 */
public sealed class Entry {
  /**
   * The bytes that an entry counts towards limits besides its text: about the object, its array's
   * header and its place in a ring. Those of a 64-bit JVM with compressed pointers.
   */
  static final int OVERHEAD_BYTES = 96;

  /**
   * The bytes that a decoded text counts besides its characters: about the string and its array.
   */
  static final int TEXT_OVERHEAD_BYTES = 48;

  private static final int EVICTED = -1;
  private static final VarHandle CACHED_BYTES;

  static {
    try {
      CACHED_BYTES = MethodHandles.lookup().findVarHandle(Entry.class, "cachedBytes", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Topic topic;
  final long publishedNanos;

  /** The entry's place in its topic's ring; wraps around. */
  final int index;

  Entry older;
  Entry newer;

  private final long offset;
  private final byte[] json;
  private Encoded encoded;

  /** How many encoded bytes are counted; {@link #EVICTED} once nothing is counted any more. */
  private volatile int cachedBytes;

  Entry(Topic topic, int index, long offset, byte[] json, long publishedNanos) {
    this.topic = topic;
    this.index = index;
    this.offset = offset;
    this.json = json;
    this.publishedNanos = publishedNanos;
  }

  /** Returns the entry's place in the hub's one order. */
  public long offset() {
    return offset;
  }

  /** Returns whether nothing can have come between this entry and another one of its topic. */
  public boolean isFollowedBy(Entry other) {
    return other.index == index + 1;
  }

  /**
   * Returns whether the entry is not sent to a session, because the session sent it.
   *
   * @param session {@code null}: one that is sent everything
   */
  public boolean isKeptFrom(Sender session) {
    return false;
  }

  /** Returns whether there is a session that the entry may be kept from. */
  public boolean hasSender() {
    return false;
  }

  /** Has the entry sent to its sender from now on: it was told to forget the table. */
  public void neededBySender() {}

  /** Returns the message's JSON text in UTF-8; not to be modified. */
  public byte[] json() {
    return json;
  }

  /**
   * Returns the message as one frame of this form, encoding it on the first call for the form. The
   * encoded bytes count towards the log's limit while the entry is retained.
   */
  public synchronized byte[] encode(WireForm form) {
    byte[] known = encoded(form);
    return known != null ? known : keep(form, form.encode(json));
  }

  /** Returns the message as one frame of this form if it was encoded before, else {@code null}. */
  public synchronized byte[] encoded(WireForm form) {
    Encoded frame = frame(form);
    return frame == null ? null : frame.bytes;
  }

  private Encoded frame(WireForm form) {
    Encoded known = encoded;
    while (known != null && known.form != form) {
      known = known.next;
    }
    return known;
  }

  /**
   * Returns the frame of this form as a text, decoding it on the first call for the form. It counts
   * towards the log's limit as the frame does.
   *
   * @param form one of which the message was encoded
   */
  public synchronized String text(WireForm form) {
    Encoded frame = frame(form);
    if (frame.text != null) {
      return frame.text;
    }
    String text = new String(frame.bytes, StandardCharsets.UTF_8);
    int bytes = textBytes(frame.bytes, text);
    if (bytes <= mostCachedBytes() - cachedBytes()) {
      frame.text = text;
      count(bytes);
    }
    return text;
  }

  /**
   * Keeps a frame that was encoded without holding the monitor, the first one of its form. If
   * another form made the same frame, that one is kept for both.
   */
  synchronized byte[] keep(WireForm form, byte[] bytes) {
    byte[] equal = frameLike(bytes);
    byte[] kept = equal != null ? equal : bytes;
    encoded = new Encoded(form, kept, encoded);
    if (equal == null && bytes != json) {
      count(bytes.length);
      if (cachedBytes() > mostCachedBytes()) {
        forgetTexts();
      }
    }
    return kept;
  }

  private byte[] frameLike(byte[] bytes) {
    Encoded known = encoded;
    while (known != null && !Arrays.equals(known.bytes, bytes)) {
      known = known.next;
    }
    return known == null ? null : known.bytes;
  }

  /** Makes room for frames: they cannot be decoded from anything else, but texts can. */
  private void forgetTexts() {
    for (Encoded frame = encoded; frame != null; frame = frame.next) {
      if (frame.text != null) {
        count(-textBytes(frame.bytes, frame.text));
        frame.text = null;
      }
    }
  }

  /**
   * Returns how many bytes a text takes: one for each character if all are ASCII, else at most two.
   */
  private static int textBytes(byte[] utf8, String text) {
    int each = utf8.length == text.length() ? 1 : 2;
    return TEXT_OVERHEAD_BYTES + each * text.length();
  }

  /**
   * Marks the entry as gone from the log and returns how many encoded bytes that frees. Takes no
   * monitor: a thread must not wait for an encoding while it holds the log's lock.
   */
  int evict() {
    return (int) CACHED_BYTES.getAndSet(this, EVICTED);
  }

  /** Returns whether the entry is gone from the log. Exact under the log's lock. */
  boolean hasLeft() {
    return cachedBytes == EVICTED;
  }

  /** Returns how many encoded bytes are counted. A snapshot. */
  int cachedBytes() {
    return Math.max(0, cachedBytes);
  }

  /** Counts bytes while the entry is retained. */
  private void count(int bytes) {
    int counted = cachedBytes;
    while (counted != EVICTED && !CACHED_BYTES.compareAndSet(this, counted, counted + bytes)) {
      counted = cachedBytes;
    }
    if (counted != EVICTED) {
      topic.expiry.encodedBytes.addAndGet(bytes);
    }
  }

  /** Returns how many encoded bytes there may be before texts are kept no more. */
  int mostCachedBytes() {
    return Integer.MAX_VALUE;
  }

  /** Returns whether limits may make the entry leave; else it stays until it is superseded. */
  boolean isEvictable() {
    return true;
  }

  /**
   * Returns how many bytes an entry counts towards limits; a {@code key} or {@code sender} of
   * {@code null}: it has none.
   */
  static int sizeBytes(byte[] json, MessageKey key, Sender sender) {
    int ofKey = key == null ? 0 : key.bytes();
    return json.length + OVERHEAD_BYTES + ofKey + (sender == null ? 0 : sender.bytes());
  }

  /** Returns how many bytes the entry counts towards limits: its JSON text and a fixed overhead. */
  int sizeBytes() {
    return json.length + OVERHEAD_BYTES;
  }

  /** The message in one form. Its text is guarded by the entry's monitor. */
  private static final class Encoded {
    private final WireForm form;
    private final byte[] bytes;
    private final Encoded next;
    private String text; // null until a link needs it

    private Encoded(WireForm form, byte[] bytes, Encoded next) {
      this.form = form;
      this.bytes = bytes;
      this.next = next;
    }
  }

  /** A message of a stream that is not sent to its sender. */
  static final class ForOthers extends Entry {
    private final Sender sender;

    ForOthers(Topic topic, int index, long offset, byte[] json, Sender sender, long nanos) {
      super(topic, index, offset, json, nanos);
      this.sender = sender;
    }

    @Override
    public boolean hasSender() {
      return true;
    }

    @Override
    public boolean isKeptFrom(Sender session) {
      return sender.equals(session);
    }

    @Override
    int sizeBytes() {
      return super.sizeBytes() + sender.bytes();
    }
  }

  /** One message of a table: the newest of its key. */
  static sealed class Keyed extends Entry {
    /**
     * How often a live row's text is charged to the tables' budget: once for itself, and once for
     * each possible wire form. The forms stay as long as the row.
     */
    private static final int FORMS_OF_A_ROW = 4;

    final MessageKey key;

    Keyed(Topic topic, long offset, byte[] json, MessageKey key, long publishedNanos) {
      super(topic, 0, offset, json, publishedNanos);
      this.key = key;
    }

    /** Returns {@code false}: entries between the two may have been superseded or evicted. */
    @Override
    public boolean isFollowedBy(Entry other) {
      return false;
    }

    /** Returns whether this says that its key is gone. All others are live. */
    @Override
    boolean isEvictable() {
      return key.deletes();
    }

    /** Returns how many bytes the budget of tables has for the forms of a live row. */
    @Override
    int mostCachedBytes() {
      long most = (FORMS_OF_A_ROW - 1L) * json().length;
      return isEvictable() ? super.mostCachedBytes() : (int) Math.min(Integer.MAX_VALUE, most);
    }

    /** Returns how many bytes this is charged to the budget of tables while it is live. */
    int tableBytes() {
      return isEvictable() ? 0 : tableBytes(json(), key, sender());
    }

    /** Returns the client that it is not sent to, or {@code null}. */
    Sender sender() {
      return null;
    }

    /** Returns how many bytes a live row is charged to the budget of tables. */
    static int tableBytes(byte[] json, MessageKey key, Sender sender) {
      long size = sizeBytes(json, key, sender);
      return (int) Math.min(Integer.MAX_VALUE, size + (FORMS_OF_A_ROW - 1L) * json.length);
    }

    @Override
    int sizeBytes() {
      return super.sizeBytes() + key.bytes();
    }
  }

  /** A message of a table that is not sent to its sender, unless the sender begins anew. */
  static final class KeyedForOthers extends Keyed {
    private final Sender sender;
    private volatile boolean needed;

    KeyedForOthers(
        Topic topic, long offset, byte[] json, MessageKey key, Sender sender, long nanos) {
      super(topic, offset, json, key, nanos);
      this.sender = sender;
    }

    @Override
    public boolean hasSender() {
      return true;
    }

    @Override
    public boolean isKeptFrom(Sender session) {
      return !needed && sender.equals(session);
    }

    @Override
    public void neededBySender() {
      needed = true;
    }

    @Override
    Sender sender() {
      return sender;
    }

    @Override
    int sizeBytes() {
      return super.sizeBytes() + sender.bytes();
    }
  }
}
