package io.github.signalhub.internal.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The catch-ups of one session, one after another. While any waits or runs nothing live is sent, so
 * the position stands still and all of them end where it is. Confined to the session's loop.
 */
final class CatchUps {
  private final Session session;
  private final Answers answers;

  private final Deque<CatchUp> waiting = new ArrayDeque<>(1);

  private CatchUp running;

  CatchUps(Session session, Answers answers) {
    this.session = session;
    this.answers = answers;
  }

  /** Returns whether any waits or runs. */
  boolean isBusy() {
    return running != null || !waiting.isEmpty();
  }

  /** Adds one behind all others. */
  void add(CatchUp catchUp) {
    if (catchUp.isAnswer()) {
      answers.add();
    }
    catchUp.subscription.turns++;
    waiting.add(catchUp);
  }

  /**
   * Starts a merge of what the catch-up whose turn it is has left, having ended those that have
   * nothing left.
   *
   * @return whether there is one; else nothing keeps from what is live
   */
  boolean start(Merge merge) {
    while (isBusy()) {
      if (running == null) {
        beginNext();
      } else {
        merge.start(running, List.of(running.subscription), running.after(), running.upTo());
        if (merge.peek() != null) {
          return true;
        }
        end();
      }
    }
    return false;
  }

  /** Learns that the running catch-up's entries up to an offset were sent, if any runs. */
  void sentUpTo(long offset) {
    if (running != null) {
      running.sentUpTo(offset);
    }
  }

  /**
   * Ends the catch-ups of a topic that the session left, the running one included. The joins whose
   * turn had not come are refused: they were told nothing yet, and what they asked for is not sent.
   *
   * @param left tells the peer that it left, after the refusals
   */
  void leave(Subscription subscription, Control left) {
    if (subscription.turns > 0) {
      waiting.removeIf(turn -> turn.subscription == subscription && refuse(turn));
    }
    answers.add();
    session.tell(left);
    if (running != null && running.subscription == subscription) {
      end(); // after $left: a client that is cut in between still knows that something is missing
    }
  }

  void clear() {
    waiting.clear();
    running = null;
  }

  private void beginNext() {
    running = waiting.remove();
    running.subscription.turns--;
    running.begin(session.cursor().reached());
    if (running.isEmpty()) {
      end();
    }
  }

  /** Answers a join that waits, and returns {@code true}. */
  private boolean refuse(CatchUp turn) {
    turn.subscription.turns--;
    if (turn.isAnswer()) {
      turn.refusal().ifPresentOrElse(session::tell, answers::remove);
    }
    return true;
  }

  private void end() {
    CatchUp ended = running;
    running = null;
    session.tell(new Sync(session.id(ended.upTo())));
  }
}
