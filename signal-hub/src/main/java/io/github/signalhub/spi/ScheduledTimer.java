package io.github.signalhub.spi;

/** A timer on a loop that can only schedule. Confined to the loop. */
final class ScheduledTimer implements Loop.Timer {
  private final Loop loop;
  private final Runnable action;
  private Turn turn; // null while it is not running

  ScheduledTimer(Loop loop, Runnable action) {
    this.loop = loop;
    this.action = action;
  }

  @Override
  public void start(long delayNanos) {
    cancel();
    turn = new Turn(this);
    loop.schedule(turn, delayNanos);
  }

  @Override
  public void cancel() {
    if (turn != null) {
      turn.timer = null; // the loop keeps the turn until it is due, and nothing else
      turn = null;
    }
  }

  @Override
  public boolean isRunning() {
    return turn != null;
  }

  /** The task that the loop runs when the time has come. */
  static final class Turn implements Runnable {
    private volatile ScheduledTimer timer; // null once it is cancelled

    private Turn(ScheduledTimer timer) {
      this.timer = timer;
    }

    /** Returns whether there is nothing to do any more. Thread-safe. */
    boolean isCancelled() {
      return timer == null;
    }

    @Override
    public void run() {
      if (timer != null) {
        timer.turn = null;
        timer.action.run();
      }
    }
  }
}
