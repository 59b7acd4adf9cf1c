package io.github.signalhub.internal.inbound;

import io.github.signalhub.internal.control.Reply;
import java.util.function.Consumer;

/**
 * The outcome of one message of a client: it may come after the listeners have returned. The first
 * one counts. Keeps nothing of the client once it is settled, because the application may keep this
 * for ever. Thread-safe.
 */
public final class Outcome {
  private Consumer<Reply> taker; // null once it is settled; guarded by this
  private Runnable then; // what follows, once it is settled late; guarded by this
  private PendingAnswers pending; // where it waits, if it does; guarded by this

  /**
   * Creates one that is not settled.
   *
   * @param taker takes the reply, on the thread that settles
   */
  Outcome(Consumer<Reply> taker) {
    this.taker = taker;
  }

  /** Settles with a reply, unless there is one already. */
  public void settle(Reply reply) {
    Consumer<Reply> first;
    Runnable last;
    PendingAnswers from;
    synchronized (this) {
      first = taker;
      last = then;
      from = pending;
      taker = null;
      then = null;
      pending = null;
    }
    if (first == null) {
      return;
    }
    try {
      first.accept(reply);
    } finally {
      if (from != null) {
        from.remove(this); // a hub that closes waits until the reply is on its way
      }
      if (last != null) {
        last.run();
      }
    }
  }

  /** Returns whether a reply is there, so that no other is needed. */
  public synchronized boolean isSettled() {
    return taker == null;
  }

  /**
   * Is removed from a set once it is settled.
   *
   * @return {@code false} if a reply is there already, so that it is not removed
   */
  synchronized boolean waitsIn(PendingAnswers set) {
    pending = taker == null ? null : set;
    return taker != null;
  }

  /**
   * Runs something after the reply was taken; called at most once.
   *
   * @return {@code false} if a reply is there already, so that nothing is run
   */
  synchronized boolean whenSettled(Runnable last) {
    then = taker == null ? null : last;
    return taker != null;
  }
}
