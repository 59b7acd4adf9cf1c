package io.github.signalhub.internal.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The messages to one session alone that were handed over to the part that gives them offsets, and
 * have not settled. They settle in their order. Guarded by the session's monitor.
 */
final class SendsUnderWay {
  /** A task that runs when so many have settled. */
  private record Waiter(long settled, Runnable then) {}

  private final Queue<Waiter> waiters = new ArrayDeque<>(1);
  private long begun;
  private long settled;
  private long bytes;
  private long lost;

  /** Returns how many there are. */
  int count() {
    return (int) (begun - settled);
  }

  /** Returns how many bytes they have. */
  long bytes() {
    return bytes;
  }

  /** Returns how many settled without an offset. */
  long lost() {
    return lost;
  }

  void begin(int messageBytes) {
    begun++;
    bytes += messageBytes;
  }

  /** Takes note that one has settled, and returns the tasks that are due. */
  List<Runnable> end(int messageBytes, boolean placed) {
    settled++;
    bytes -= messageBytes;
    lost += placed ? 0 : 1;
    List<Runnable> due = new ArrayList<>(0);
    while (!waiters.isEmpty() && waiters.peek().settled <= settled) {
      due.add(waiters.remove().then);
    }
    return due;
  }

  /** Adds a task for when all have settled that there are now. Returns whether there are any. */
  boolean await(Runnable then) {
    return begun > settled && waiters.add(new Waiter(begun, then));
  }
}
