package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.SlowEncoder;
import io.github.signalhub.spi.WireForm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The frames that sessions of one shard wait for because they are being encoded elsewhere. Until a
 * session has the frame of an entry, it gets nothing that comes after the entry. It is flushed
 * again when there is a frame.
 *
 * <p>Such an entry is not offered yet. Until the sessions that wait were flushed, neither it nor
 * any later entry may leave the log. Entries that had been offered before are not held. So a client
 * that reads old entries holds up nobody.
 *
 * <p>Confined to the shard's loop.
 */
final class SlowFrames {
  private static final long PENDING = Long.MAX_VALUE;

  private final Shard shard;
  private final SlowEncoder encoder;
  private final Map<Frame, Set<Cursor>> waiting = new HashMap<>();
  private final List<Hold> holds = new ArrayList<>();

  SlowFrames(Shard shard, SlowEncoder encoder) {
    this.shard = shard;
    this.encoder = encoder;
  }

  /** Returns the frame of an entry whose form is slow, or {@code null}: the session has to wait. */
  byte[] frame(Entry entry, WireForm form, Cursor session) {
    byte[] known = entry.encoded(form);
    if (known == null) {
      Frame frame = new Frame(entry, form);
      if (!waiting.containsKey(frame)) {
        begin(frame);
        known = entry.encoded(form); // an encoder that has too much to do may do it at once
      }
      if (known == null) {
        waiting.get(frame).add(session);
      }
    }
    return known;
  }

  /** Returns up to where entries were offered of those up to {@code upTo}. */
  long offered(long upTo) {
    long flushed = shard.flushed();
    holds.removeIf(hold -> hold.until <= flushed);
    long limit = upTo;
    for (Hold hold : holds) {
      limit = Math.min(limit, hold.frame.entry.offset() - 1);
    }
    return limit;
  }

  private void begin(Frame frame) {
    waiting.put(frame, new LinkedHashSet<>());
    if (!shard.hasOffered(frame.entry)) {
      holds.add(new Hold(frame, PENDING));
    }
    encoder.encode(frame.entry, frame.form, () -> shard.execute(() -> flush(frame)));
  }

  private void flush(Frame frame) {
    boolean encoded = frame.entry.encoded(frame.form) != null;
    for (Cursor session : waiting.remove(frame)) {
      if (encoded) {
        shard.enqueue(session);
      } else {
        session.fail();
      }
    }
    long until = shard.flushedWithQueue();
    holds.replaceAll(hold -> hold.frame == frame ? new Hold(frame, until) : hold);
    shard.schedule();
  }

  private record Frame(Entry entry, WireForm form) {
    @Override
    public boolean equals(Object other) { // the JDK's own keeps our class loader: ClassLoaderTest
      return other instanceof Frame same && entry == same.entry && form.equals(same.form);
    }

    @Override
    public int hashCode() {
      return 31 * entry.hashCode() + form.hashCode();
    }
  }

  /** Keeps an entry, and all later ones, until so many sessions were flushed. */
  private record Hold(Frame frame, long until) {}
}
