package io.github.signalhub.internal.log;

import io.github.signalhub.spi.WireForm;

/**
 * One message in the log. What readers see of it never changes; its neighbours in the {@link Pool}
 * are guarded by the log's lock, and its wire forms by its own monitor. Thread-safe.
 */
public final class Entry {
  /**
   * What an entry costs besides its bytes, for limits: itself, its array's header and its place in
   * a ring, as measured on a 64-bit JVM with compressed pointers and rounded up.
   */
  static final int OVERHEAD_BYTES = 96;

  final Topic topic;
  final long publishedNanos;

  /** The entry's place in its topic's ring; wraps around. */
  final int index;

  Entry older;
  Entry newer;

  private final long offset;
  private final byte[] json;
  private Encoded encoded;
  private boolean evicted;

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

  /** Returns whether the other entry is the very next of the same topic. */
  public boolean isFollowedBy(Entry other) {
    return other.index == index + 1;
  }

  /** Returns the message's JSON text in UTF-8; not to be modified. */
  public byte[] json() {
    return json;
  }

  /**
   * Returns the message as one frame of this form, encoding it on the first call for the form.
   *
   * @param log whose limit the encoded bytes count towards while the entry is retained
   */
  public synchronized byte[] encoded(WireForm form, HubLog log) {
    for (Encoded known = encoded; known != null; known = known.next) {
      if (known.form == form) {
        return known.bytes;
      }
    }
    byte[] bytes = form.encode(json);
    encoded = new Encoded(form, bytes, encoded);
    if (!evicted && bytes != json) {
      log.addCachedBytes(bytes.length);
    }
    return bytes;
  }

  /** Marks the entry as gone from the log and returns how many bytes that frees. */
  synchronized int evict() {
    evicted = true;
    int bytes = sizeBytes();
    for (Encoded known = encoded; known != null; known = known.next) {
      bytes += known.bytes == json ? 0 : known.bytes.length;
    }
    return bytes;
  }

  /**
   * Returns what the entry counts towards its topic's limit: its JSON text and a fixed overhead.
   */
  int sizeBytes() {
    return json.length + OVERHEAD_BYTES;
  }

  private record Encoded(WireForm form, byte[] bytes, Encoded next) {}
}
