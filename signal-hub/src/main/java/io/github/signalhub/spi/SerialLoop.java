package io.github.signalhub.spi;

import io.github.signalhub.internal.logger.HubLogger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * A loop made of any executor: its tasks run one at a time and in order.
 *
 * <p>{@link #execute} never throws, whatever the executor does:
 *
 * <ul>
 *   <li>An executor that throws, rejections included, has ended. A thread of the loop's own ends
 *       the connections on the loop, and runs the tasks that are left. A later task asks the
 *       executor again.
 *   <li>A task that the executor runs within its {@code execute} is run on such a thread instead:
 *       the caller may hold locks.
 *   <li>A task that the executor drops cannot be told from one that waits. {@link #end} does not
 *       wait for it.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class SerialLoop implements Loop {
  /** After so many tasks the executor's other work gets its turn. */
  private static final int TURN = 64;

  private static final HubLogger LOG = HubLogger.of(SerialLoop.class);

  private final Executor executor;
  private final Consumer<Loop> onEnd;
  private final Timing timing;
  private final Queue<Runnable> tasks = new ArrayDeque<>(); // also the lock
  private boolean submitted; // the executor was asked for a turn that has not begun
  private boolean active; // a thread has its turn
  private volatile Thread thread;
  private volatile int lives; // how often it has ended

  /** What is due later. It leaves with the loop: a timer would keep the class loader until then. */
  private final Set<Due> later = ConcurrentHashMap.newKeySet();

  /** Calls back after a time. */
  @FunctionalInterface
  interface Timing {
    /** The thread that all loops share. */
    Timing SHARED = Timers::schedule;

    /** Returns what can be cancelled until then. */
    Future<?> schedule(Runnable due, long delayNanos);
  }

  /**
   * Creates a loop.
   *
   * @param onEnd ends the connections on a loop; called on it, when the executor refuses a turn or
   *     at {@link #end}
   */
  SerialLoop(Executor executor, Consumer<Loop> onEnd) {
    this(executor, onEnd, Timing.SHARED);
  }

  /** Creates a loop with other timers. */
  SerialLoop(Executor executor, Consumer<Loop> onEnd, Timing timing) {
    this.executor = executor;
    this.onEnd = onEnd;
    this.timing = timing;
  }

  /** Runs a task on this loop soon, never within this call. Never throws but for a null task. */
  @Override
  public void execute(Runnable task) {
    Objects.requireNonNull(task, "task");
    synchronized (tasks) {
      tasks.add(task);
      if (active || submitted) {
        return;
      }
      submitted = true;
    }
    submit();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The connections on the loop end with it, and their tasks are due no more. An executor that
   * was shut down by then is not asked for nothing.
   */
  @Override
  public boolean schedule(Runnable task, long delayNanos) {
    Due due = new Due(task);
    later.add(due);
    due.timer = timing.schedule(due, delayNanos);
    return true;
  }

  /** A task that is due later, in this life of the loop. */
  private final class Due implements Runnable {
    private final Runnable task;
    private final int life = lives;
    private volatile Future<?> timer; // null for a moment

    private Due(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      later.remove(this);
      if (life == lives && !isCancelled(task)) {
        execute(task);
      }
    }

    private void cancel() {
      Future<?> running = timer;
      if (running != null) {
        running.cancel(false);
      }
      later.remove(this);
    }
  }

  private static boolean isCancelled(Runnable task) {
    return task instanceof ScheduledTimer.Turn turn && turn.isCancelled();
  }

  @Override
  public boolean inLoop() {
    return thread == Thread.currentThread();
  }

  /**
   * Ends the connections on this loop, and runs the tasks that are left, on the calling thread. If
   * a thread has its turn, only scheduled tasks end.
   */
  void end() {
    synchronized (tasks) {
      lives++;
    }
    later.forEach(Due::cancel);
    if (begin()) {
      runIsolated(() -> onEnd.accept(this));
      run(Integer.MAX_VALUE);
    }
  }

  private void turn() {
    if (begin() && run(TURN)) {
      submit();
    }
  }

  /** Begins the calling thread's turn, unless another thread has its own. */
  private boolean begin() {
    synchronized (tasks) {
      submitted = false;
      if (active) {
        return false;
      }
      active = true;
      thread = Thread.currentThread();
      return true;
    }
  }

  /** Runs tasks and ends the turn; returns whether another one has to be submitted. */
  private boolean run(int atMost) {
    int done = 0;
    for (Runnable task = next(done, atMost); task != null; task = next(++done, atMost)) {
      runIsolated(task);
    }
    synchronized (tasks) {
      return submitted;
    }
  }

  private Runnable next(int done, int atMost) {
    synchronized (tasks) {
      if (done < atMost && !tasks.isEmpty()) {
        return tasks.remove();
      }
      active = false;
      thread = null; // before another thread may begin
      submitted = !tasks.isEmpty();
      return null;
    }
  }

  private void submit() {
    Submission submission = new Submission();
    try {
      executor.execute(submission);
    } catch (Throwable e) { // not only rejections: such as no memory for a thread
      LOG.log(Level.WARNING, "An executor refuses a loop's tasks; its connections end", e);
      runElsewhere(this::end);
      return;
    } finally {
      submission.within = false;
    }
    if (submission.ranWithin) {
      runElsewhere(this::turn);
    }
  }

  private void runElsewhere(Runnable turn) {
    Thread other = new Thread(turn, "signal-hub-loop");
    other.setDaemon(true);
    try {
      other.start();
    } catch (OutOfMemoryError e) {
      synchronized (tasks) {
        submitted = false; // the next task tries again
      }
      LOG.log(Level.WARNING, "No thread for a loop's tasks", e);
    }
  }

  private static void runIsolated(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) { // other languages throw what Java checks
      LOG.log(Level.WARNING, "A task of a loop failed", e);
    }
  }

  /** Asks the executor for a turn, and notices when it gives the turn to the thread that asks. */
  private final class Submission implements Runnable {
    private final Thread caller = Thread.currentThread();
    private boolean within = true; // read and written by the caller alone
    private boolean ranWithin;

    @Override
    public void run() {
      if (Thread.currentThread() == caller && within) {
        ranWithin = true;
      } else {
        turn();
      }
    }
  }
}
