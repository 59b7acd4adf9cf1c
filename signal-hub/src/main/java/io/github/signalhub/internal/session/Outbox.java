package io.github.signalhub.internal.session;

import io.github.signalhub.spi.WireForm;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The control messages of one session that its link has not accepted: those that nobody has taken
 * yet, and the frames of those taken at least once. They go before all entries, in order. Confined
 * to the session's loop.
 */
final class Outbox {
  private final Answers answers;
  private final Deque<Control> waiting = new ArrayDeque<>(1);
  private final List<Frame> frames = new ArrayList<>(1);
  private int accepted;

  private record Frame(byte[] bytes, boolean answer) {}

  /**
   * Creates an empty outbox.
   *
   * @param answers counts those that answer the peer; whoever adds one has counted it
   */
  Outbox(Answers answers) {
    this.answers = answers;
  }

  void add(Control control) {
    waiting.add(control);
  }

  /** Takes back what nobody has taken yet. */
  void remove(Control control) {
    waiting.remove(control);
  }

  boolean isEmpty() {
    return waiting.isEmpty() && frames() == 0;
  }

  /** Returns whether there are messages that nobody has taken yet. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** Makes frames of all that wait. */
  void encode(WireForm form) {
    for (Control control = waiting.poll(); control != null; control = waiting.poll()) {
      frames.add(new Frame(form.encode(control.json()), control.isAnswer()));
    }
  }

  /** Returns how many frames are not accepted. */
  int frames() {
    return frames.size() - accepted;
  }

  byte[] frame(int i) {
    return frames.get(accepted + i).bytes;
  }

  /** Forgets the first frame: it was accepted, or its rest is kept elsewhere. */
  void removeFrame() {
    if (frames.set(accepted, null).answer) {
      answers.remove();
    }
    accepted++;
    if (accepted == frames.size()) {
      frames.clear();
      accepted = 0;
    }
  }

  void clear() {
    waiting.clear();
    frames.clear();
    accepted = 0;
  }
}
