package io.github.signalhub.jdkserver.internal.loop;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The tasks of a loop in the order of their submission: many threads add, the loop takes. A linked
 * list whose end is swapped, so adding never waits.
 *
 * <p>{@link #add} is thread-safe; everything else is confined to the loop.
 */
final class TaskQueue {
  private final AtomicReference<Node> last = new AtomicReference<>(new Node(null));
  private Node taken = last.get(); // the node before the first waiting task
  private Node stop = taken;

  private static final class Node {
    private Runnable task;
    private volatile Node next;

    private Node(Runnable task) {
      this.task = task;
    }
  }

  /** Adds a task behind all others. */
  void add(Runnable task) {
    Node node = new Node(task);
    last.getAndSet(node).next = node;
  }

  /** Returns whether no task waits. */
  boolean isEmpty() {
    return taken == last.get();
  }

  /** Makes {@link #poll} end behind the tasks that wait now: what they submit is not among them. */
  void mark() {
    stop = last.get();
  }

  /** Returns the next task up to the mark; null if there is none, or if its adder is not done. */
  Runnable poll() {
    Node next = taken == stop ? null : taken.next;
    if (next == null) {
      return null;
    }
    taken = next;
    Runnable task = next.task;
    next.task = null; // the node stays as the one before the first
    return task;
  }
}
