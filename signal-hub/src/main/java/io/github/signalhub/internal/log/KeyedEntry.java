package io.github.signalhub.internal.log;

/** One message of a table: the newest of its key. Thread-safe as {@link Entry}. */
final class KeyedEntry extends Entry {
  /**
   * What an entry counts for having a key, besides the key's characters: about the nodes of two
   * maps, the offset as an object, and the key as one.
   */
  static final int OVERHEAD_BYTES = 160;

  final MessageKey key;

  KeyedEntry(Topic topic, long offset, byte[] json, MessageKey key, long publishedNanos) {
    super(topic, 0, offset, json, publishedNanos);
    this.key = key;
  }

  /** Returns {@code false}: what came between two entries may be superseded, or evicted. */
  @Override
  public boolean isFollowedBy(Entry other) {
    return false;
  }

  /** Returns whether this says that its key is gone. All others are live. */
  @Override
  boolean isEvictable() {
    return key.deletes();
  }

  /** Returns what this is charged to the budget of tables while it is live. */
  int tableBytes() {
    return isEvictable() ? 0 : HubLog.tableBytes(json(), key);
  }

  @Override
  int sizeBytes() {
    return super.sizeBytes() + key.bytes();
  }
}
