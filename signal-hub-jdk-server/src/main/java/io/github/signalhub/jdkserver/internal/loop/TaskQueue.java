package io.github.signalhub.jdkserver.internal.loop;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The tasks of a loop in the order of their submission. Many threads add tasks, and the loop takes
 * them. It is a linked list. An adder swaps its end, so adding never waits.
 *
 * <p>{@link #add} is thread-safe. All other methods are confined to the loop.
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

  /** Adds a task after all others. */
  void add(Runnable task) {
    Node node = new Node(task);
    last.getAndSet(node).next = node;
  }

  /** Returns whether no task waits. */
  boolean isEmpty() {
    return taken == last.get();
  }

  /**
   * Makes {@link #poll} end after the tasks that wait now. Tasks that they submit wait for the next
   * mark.
   */
  void mark() {
    stop = last.get();
  }

  /**
   * Returns the next task before the mark.
   *
   * @return {@code null} if there is none, or if its adder has not finished
   */
  Runnable poll() {
    Node next = taken == stop ? null : taken.next;
    if (next == null) {
      return null;
    }
    taken = next;
    Runnable task = next.task;
    next.task = null; // the node itself stays, before the first task
    return task;
  }
}
