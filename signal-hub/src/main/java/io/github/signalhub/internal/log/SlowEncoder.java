package io.github.signalhub.internal.log;

import io.github.signalhub.spi.WireForm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Encodes messages elsewhere that take an event loop too long. Each is encoded once for each form,
 * however many sessions wait for it. If the executor refuses or the encoding fails, the message is
 * {@linkplain WireForm#encodeQuickly encoded quickly}, so that nobody waits for long. Thread-safe.
 */
public final class SlowEncoder {
  private final Executor executor;
  private final Map<Frame, List<Runnable>> running = new HashMap<>(); // also its lock

  /**
   * Creates an encoder that has nothing to do.
   *
   * @param executor where to encode; it bounds how much may wait by refusing more
   */
  public SlowEncoder(Executor executor) {
    this.executor = executor;
  }

  /**
   * Encodes an entry's message; {@link Entry#encoded(WireForm)} has it then.
   *
   * @param whenDone is run once the entry has the form, or if there is no way to encode it. It runs
   *     on any thread, and perhaps before this method returns
   */
  public void encode(Entry entry, WireForm form, Runnable whenDone) {
    Frame frame = new Frame(entry, form);
    synchronized (running) {
      List<Runnable> waiting = running.get(frame);
      if (waiting != null) {
        waiting.add(whenDone);
        return;
      }
      running.put(frame, new ArrayList<>(List.of(whenDone)));
    }
    try {
      executor.execute(() -> run(frame, false));
    } catch (RuntimeException | Error e) { // not only rejections: such as no memory for a thread
      run(frame, true);
    }
  }

  /** Encodes without holding any monitor: loops ask the entry for other forms meanwhile. */
  private void run(Frame frame, boolean quickly) {
    try {
      if (frame.entry.encoded(frame.form) == null) { // may have been done since it was asked for
        frame.entry.keep(frame.form, quickly ? frame.encodeQuickly() : frame.encode());
      }
    } finally {
      List<Runnable> waiting;
      synchronized (running) {
        waiting = running.remove(frame);
      }
      if (waiting != null) { // an executor may keep a task and throw
        waiting.forEach(Runnable::run);
      }
    }
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

    byte[] encode() {
      try {
        return form.encode(entry.json());
      } catch (RuntimeException | Error e) { // such as no memory for a compressor
        return encodeQuickly();
      }
    }

    byte[] encodeQuickly() {
      return form.encodeQuickly(entry.json());
    }
  }
}
