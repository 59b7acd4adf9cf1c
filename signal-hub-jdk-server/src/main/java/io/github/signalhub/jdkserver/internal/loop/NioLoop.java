package io.github.signalhub.jdkserver.internal.loop;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.Loop;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One thread that serves many sockets. It waits until a socket is ready, a timer is due, or a task
 * was submitted. Then it does all of these in turn. Nothing that a socket, a timer or a task throws
 * ends it.
 *
 * <p><em>No lost wake-up, few wake-ups.</em> A submitter adds its task and then checks whether the
 * loop sleeps. The loop declares that it sleeps and then checks for tasks. So one of the two always
 * sees the other. A wake-up costs a system call. Only one of many submitters makes it, and none
 * does while the loop is awake.
 *
 * <p><em>No interrupts.</em> Application code may run on a loop, if the application's executor runs
 * tasks in the caller. That code may interrupt the thread, and an interrupted thread cannot wait in
 * a selector. So the interrupt is cleared after the selector and after each call that could have
 * set it.
 *
 * <p>The methods of {@link Loop}, {@link #start} and {@link #stop} are thread-safe. All others are
 * confined to the loop.
 */
public final class NioLoop implements Loop {
  /** How much is read or written at once, in bytes. */
  static final int BUFFER_BYTES = 64 << 10;

  private static final HubLogger LOG = HubLogger.of(NioLoop.class);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Selector selector;
  private final Selector probe;
  private final Thread thread;
  private final TaskQueue tasks = new TaskQueue();
  private final TimerWheel timers = new TimerWheel(TICK_NANOS, System::nanoTime);
  private final Consumer<SelectionKey> onReady = this::ready;
  private final AtomicBoolean sleeping = new AtomicBoolean();
  private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final LoopCounter readBytes = new LoopCounter();
  private final LoopCounter writtenBytes = new LoopCounter();
  private final LoopCounter turns = new LoopCounter();
  private final LoopCounter busyNanos = new LoopCounter();
  private ByteBuffer recordsIn; // null until the first connection with TLS
  private ByteBuffer recordsOut;
  private volatile boolean stopping;
  private volatile boolean ended;

  /** Is told when a channel is ready. */
  public interface Ready {
    /** The channel is ready for the operations of its key. Throws nothing. */
    void ready(SelectionKey key);

    /** The loop ends: closes the channel. Throws nothing. */
    void close();
  }

  /**
   * Opens a loop that does nothing until it is started.
   *
   * @throws IOException if the system has no descriptors left
   */
  public NioLoop(String name) throws IOException {
    selector = Selector.open();
    probe = Selector.open();
    thread = new Thread(this::run, requireNonNull(name, "name"));
  }

  /** Starts the thread. */
  public void start() {
    thread.start();
  }

  @Override
  public void execute(Runnable task) {
    offer(task);
  }

  /**
   * Runs a task as {@link #execute} does.
   *
   * @return whether the task will run; {@code false} once the loop has ended
   */
  public boolean offer(Runnable task) {
    requireNonNull(task, "task");
    if (ended) {
      return false;
    }
    tasks.add(task);
    wake();
    return true;
  }

  @Override
  public boolean schedule(Runnable task, long delayNanos) {
    requireNonNull(task, "task");
    if (!inLoop()) {
      return offer(() -> timers.timer(task).start(delayNanos));
    }
    timers.timer(task).start(delayNanos);
    return !ended;
  }

  @Override
  public Timer timer(Runnable action) {
    return timers.timer(action);
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /** Closes all channels, runs what was submitted until then, and ends. Idempotent. Thread-safe. */
  public void stop() {
    stopping = true;
    if (thread.getState() == Thread.State.NEW) {
      ended = true;
      closeSelector();
    } else {
      wake();
    }
  }

  /**
   * Waits for the end of the thread.
   *
   * @return whether the thread has ended
   */
  public boolean awaitEnd(long nanos) throws InterruptedException {
    if (!inLoop() && nanos > 0) {
      TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
    }
    return !thread.isAlive();
  }

  /** Returns the timers of this loop. */
  public TimerWheel timers() {
    return timers;
  }

  /** Returns a selector without keys, to examine one socket. */
  public Selector probe() {
    return probe;
  }

  /** Returns the buffer to read into. Its content is lost when the caller returns. */
  public ByteBuffer readBuffer() {
    return readBuffer;
  }

  /** Returns the buffer to write from. Its content is lost when the caller returns. */
  public ByteBuffer writeBuffer() {
    return writeBuffer;
  }

  /** Returns the buffer for TLS records to decrypt. Its content is lost when the caller returns. */
  public ByteBuffer recordsIn() {
    recordsIn = recordsIn == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : recordsIn;
    return recordsIn;
  }

  /** Returns the buffer for encrypted TLS records. Its content is lost when the caller returns. */
  public ByteBuffer recordsOut() {
    recordsOut = recordsOut == null ? ByteBuffer.allocateDirect(2 * BUFFER_BYTES) : recordsOut;
    return recordsOut;
  }

  /** Registers a channel. Its handler is told when the channel is ready for {@code operations}. */
  public SelectionKey register(SelectableChannel channel, int operations, Ready handler)
      throws IOException {
    return channel.register(selector, operations, handler);
  }

  /** Returns a new list of the handlers of all open channels. */
  public List<Ready> handlers() {
    List<Ready> handlers = new ArrayList<>();
    for (SelectionKey key : selector.keys()) {
      if (key.isValid()) {
        handlers.add((Ready) key.attachment());
      }
    }
    return handlers;
  }

  /** Returns how many bytes were read from sockets. Those that TLS encrypted count as such. */
  public LoopCounter readBytes() {
    return readBytes;
  }

  /** Returns how many bytes sockets accepted. Those that TLS encrypted count as such. */
  public LoopCounter writtenBytes() {
    return writtenBytes;
  }

  /** Returns how often the loop has waited for something to do. */
  public LoopCounter turns() {
    return turns;
  }

  /** Returns for how many nanoseconds the loop had something to do. */
  public LoopCounter busyNanos() {
    return busyNanos;
  }

  private void wake() {
    if (sleeping.get() && sleeping.compareAndSet(true, false)) {
      selector.wakeup();
    }
  }

  private void run() {
    while (!stopping) {
      try {
        runOnce();
      } catch (Throwable t) { // there is no memory, not even to log the failure
        pause();
      }
    }
    end();
  }

  private void runOnce() {
    select();
    long begin = System.nanoTime();
    selector.selectedKeys().forEach(onReady);
    selector.selectedKeys().clear();
    Runnable timer;
    while ((timer = timers.poll()) != null) {
      run(timer);
    }
    runTasks();
    turns.add(1);
    busyNanos.add(System.nanoTime() - begin);
  }

  private void select() {
    try {
      long nanos = timers.nanosToNext();
      sleeping.set(true);
      if (nanos == 0 || stopping || !tasks.isEmpty()) {
        sleeping.set(false);
        selector.selectNow();
      } else if (nanos == Long.MAX_VALUE) {
        selector.select();
      } else {
        selector.select(1 + TimeUnit.NANOSECONDS.toMillis(nanos));
      }
    } catch (Throwable t) { // the selector also closes cancelled channels, and that may fail
      LOG.log(Level.WARNING, "Waiting for sockets failed", t);
      pause();
    } finally {
      sleeping.set(false);
      Thread.interrupted();
    }
  }

  private static void pause() {
    Thread.interrupted(); // an interrupted thread does not park
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  private void ready(SelectionKey key) {
    Ready handler = (Ready) key.attachment();
    try {
      handler.ready(key);
    } catch (Throwable t) {
      key.cancel(); // otherwise it is ready at once again, and fails again
      run(handler::close);
      LOG.log(Level.WARNING, "A channel of the event loop failed and is closed", t);
    } finally {
      Thread.interrupted();
    }
  }

  private void runTasks() {
    tasks.mark();
    Runnable task;
    while ((task = tasks.poll()) != null) {
      run(task);
    }
  }

  private void run(Runnable what) {
    try {
      what.run();
    } catch (Throwable t) { // an Error in one task must not end all connections
      LOG.log(Level.WARNING, "A task of the event loop failed", t);
    } finally {
      Thread.interrupted();
    }
  }

  private void end() {
    runTasks();
    handlers().forEach(each -> run(each::close));
    ended = true;
    runTasks(); // tasks from before the end, and from closing
    closeSelector();
  }

  private void closeSelector() {
    try {
      selector.close();
      probe.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "Closing a selector failed", e);
    }
  }
}
