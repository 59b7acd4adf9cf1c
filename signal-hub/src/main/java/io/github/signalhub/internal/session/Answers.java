package io.github.signalhub.internal.session;

/**
 * How many answers wait for a peer to read them. While there are too many nothing is read from the
 * peer, so that it cannot have more of them made. Thread-safe.
 */
final class Answers {
  /** Reading stops when more wait, until half of them are left. */
  static final int MAX = 64;

  private final ReadGate gate;
  private int waiting;
  private boolean held;

  Answers(ReadGate gate) {
    this.gate = gate;
  }

  /** Counts one more. */
  synchronized void add() {
    waiting++;
    if (!held && waiting > MAX) {
      held = true;
      gate.hold(ReadGate.ANSWERS);
    }
  }

  /** Counts one less. */
  synchronized void remove() {
    waiting--;
    if (held && waiting <= MAX / 2) {
      held = false;
      gate.release(ReadGate.ANSWERS);
    }
  }
}
