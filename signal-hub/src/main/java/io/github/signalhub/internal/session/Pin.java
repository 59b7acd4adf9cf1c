package io.github.signalhub.internal.session;

/**
 * The frame that a link accepted in part, or took as a whole: kept until its end is accepted,
 * whatever leaves the log meanwhile. Confined to the session's loop.
 */
final class Pin {
  private byte[] frame;
  private int accepted;
  private long offset;

  boolean isEmpty() {
    return frame == null;
  }

  byte[] frame() {
    return frame;
  }

  int accepted() {
    return accepted;
  }

  /** Returns the offset of the frame's entry, or {@link Taken#CONTROL}; also for none. */
  long offset() {
    return frame == null ? Taken.CONTROL : offset;
  }

  /** Returns whether there is a frame, and it is a control message. */
  boolean isControl() {
    return frame != null && offset == Taken.CONTROL;
  }

  /** Returns how many bytes are still to be accepted. */
  int unfinished() {
    return frame == null ? 0 : frame.length - accepted;
  }

  void set(byte[] frame, int accepted, long offset) {
    this.frame = frame;
    this.accepted = accepted;
    this.offset = offset;
  }

  void accept(int bytes) {
    accepted += bytes;
  }

  void clear() {
    frame = null;
  }
}
