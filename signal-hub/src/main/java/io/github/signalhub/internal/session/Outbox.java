package io.github.signalhub.internal.session;

import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.spi.WireForm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The control messages of one session that its link has not accepted. Some wait to be taken; of
 * those taken at least once the frames are here. They go before all entries, in order. A message is
 * made when it is taken, so that it says what is true then. Confined to the session's loop.
 */
final class Outbox {
  /** No more frames are made once these have so many bytes, until all of them are accepted. */
  static final int MAX_FRAME_BYTES = 64 * 1024;

  /** One that is empty. Nothing is added to it. */
  static final Outbox NONE = new Outbox();

  private List<Supplier<ControlMessage>> waiting = Collections.emptyList(); // also when empty again
  private List<Frame> frames = Collections.emptyList(); // likewise

  private record Frame(byte[] bytes, boolean reply) {}

  void add(Supplier<ControlMessage> control) {
    waiting = waiting.isEmpty() ? new LinkedList<>() : waiting;
    waiting.add(control);
  }

  /** Returns whether a message is here that nobody has taken yet. */
  boolean contains(Supplier<ControlMessage> control) {
    return waiting.contains(control);
  }

  /** Takes back a message that nobody has taken yet. */
  void remove(Supplier<ControlMessage> control) {
    if (waiting.remove(control) && waiting.isEmpty()) {
      waiting = Collections.emptyList();
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty() && frames.isEmpty();
  }

  /** Returns whether there are messages that nobody has taken yet. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** Makes frames of what waits, up to a limit. Called when there are none. */
  void encode(WireForm form) {
    frames = new ArrayList<>(waiting.size());
    for (int bytes = 0; !waiting.isEmpty() && bytes < MAX_FRAME_BYTES; ) {
      ControlMessage control = waiting.remove(0).get();
      byte[] frame = form.encodeQuickly(control.json());
      frames.add(new Frame(frame, control.isReply()));
      bytes += frame.length;
    }
    waiting = waiting.isEmpty() ? Collections.emptyList() : waiting;
  }

  /** Returns how many frames are not accepted. */
  int frames() {
    return frames.size();
  }

  byte[] frame(int i) {
    return frames.get(i).bytes;
  }

  /**
   * Forgets the first frame: it was accepted, or its rest is kept elsewhere.
   *
   * @return whether it is a reply
   */
  boolean removeFrame() {
    boolean reply = frames.remove(0).reply;
    frames = frames.isEmpty() ? Collections.emptyList() : frames;
    return reply;
  }
}
