package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.address.AddressKey;
import io.github.signalhub.internal.logger.HubLogger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Threads for one kind of work. No address gets all of them ({@link FairShares}). A job that finds
 * no thread waits. Addresses with waiting jobs take turns. The caller limits how many jobs wait.
 *
 * <p>If a job of an address has waited for longer than a limit, the threads are really busy. Then
 * further jobs of that address are refused at once.
 *
 * <p>Thread-safe.
 */
public final class Workers {
  private static final HubLogger LOG = HubLogger.of(Workers.class);

  private final Executor executor;
  private final FairShares threads;
  private final long patienceNanos;
  private final LongSupplier nanoClock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Deque<Job>> waiting =
      new LinkedHashMap<>(); // in the order of their turns

  /** One piece of work. */
  public static final class Job {
    private final long address;
    private final Runnable code;
    private final long since;
    private boolean queued;

    private Job(long address, Runnable code, long since) {
      this.address = address;
      this.code = code;
      this.since = since;
    }

    /** Returns whether the job found no thread at once. For its submitter. */
    public boolean wasQueued() {
      return queued;
    }
  }

  /**
   * Creates workers of which none is busy.
   *
   * @param executor runs the jobs
   * @param threads how many threads the executor has
   * @param patienceNanos how long a job may wait before further jobs of its address are refused
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  Workers(Executor executor, int threads, long patienceNanos, LongSupplier nanoClock) {
    this.executor = executor;
    this.threads = new FairShares(threads);
    this.patienceNanos = patienceNanos;
    this.nanoClock = nanoClock;
  }

  /**
   * Runs a job now, or when there is a thread for its address.
   *
   * @param address as {@link AddressKey#of} returns it
   * @throws RejectedExecutionException if the address has waited for too long already, or the
   *     executor has no thread
   */
  public Job submit(long address, Runnable code) {
    Job job = new Job(address, code, nanoClock.getAsLong());
    lock.lock();
    try {
      Deque<Job> before = waiting.get(address);
      if (before != null && job.since - before.getFirst().since > patienceNanos) {
        throw new RejectedExecutionException("the threads are busy");
      }
      if (before != null || !threads.tryTake(address, 1)) {
        job.queued = true;
        waiting.computeIfAbsent(address, none -> new ArrayDeque<>()).addLast(job);
        return job;
      }
    } finally {
      lock.unlock();
    }
    execute(job);
    return job;
  }

  /**
   * Withdraws a job that has not begun.
   *
   * @return whether the job was still waiting for a thread
   */
  public boolean withdraw(Job job) {
    lock.lock();
    try {
      Deque<Job> jobs = waiting.get(job.address);
      boolean waited = jobs != null && jobs.remove(job);
      if (waited && jobs.isEmpty()) {
        waiting.remove(job.address);
      }
      return waited;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether no thread is left, even for an address that has none. */
  boolean areAllBusy() {
    return threads.isExhausted();
  }

  /**
   * Returns whether a refusal concerns all addresses: no thread is left, or their number is not
   * known and the executor itself refuses.
   */
  boolean refusesOthers() {
    return areAllBusy() || threads.capacity() == Integer.MAX_VALUE;
  }

  /** Returns how many threads are busy. */
  public long busy() {
    return threads.used();
  }

  /** Returns how many threads there are; {@link Integer#MAX_VALUE} if that is not known. */
  public long most() {
    return threads.capacity();
  }

  private void execute(Job job) {
    try {
      executor.execute(() -> run(job));
    } catch (RuntimeException
        | OutOfMemoryError e) { // rejected, no memory for a thread, or a fault of the executor
      threads.giveBack(job.address, 1);
      throw new RejectedExecutionException("no thread", e);
    }
  }

  /**
   * Runs a job, then the jobs that wait. They run on the same thread, so the executor cannot refuse
   * them.
   */
  private void run(Job first) {
    Job job = first;
    while (job != null) {
      runOne(job);
      threads.giveBack(job.address, 1);
      job = poll();
      startOthers();
    }
  }

  private static void runOne(Job job) {
    Thread.interrupted(); // an interrupt of an earlier job is not for this one
    try {
      job.code.run();
    } catch (Throwable t) { // also an Error, because the next job must get this thread
      tell(t);
    } finally {
      Thread.interrupted();
    }
  }

  private static void tell(Throwable t) {
    try {
      LOG.log(Level.WARNING, "A task of the server failed", t);
    } catch (Throwable again) { // no memory is left, even for a log
      Thread.onSpinWait();
    }
  }

  /** Starts further jobs, because the shares of addresses may have grown by several threads. */
  private void startOthers() {
    Job job = poll();
    while (job != null) {
      try {
        execute(job);
        job = poll();
      } catch (RejectedExecutionException e) {
        putBack(job);
        job = null;
      }
    }
  }

  /**
   * Takes the job whose turn it is, and a thread for it.
   *
   * @return {@code null} if there is none
   */
  private Job poll() {
    lock.lock();
    try {
      Iterator<Deque<Job>> turns = waiting.values().iterator();
      while (turns.hasNext()) {
        Deque<Job> jobs = turns.next();
        long address = jobs.getFirst().address;
        if (threads.tryTake(address, 1)) {
          Job job = jobs.removeFirst();
          turns.remove();
          if (!jobs.isEmpty()) {
            waiting.put(address, jobs); // the next turn of this address comes last
          }
          return job;
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void putBack(Job job) {
    lock.lock();
    try {
      waiting.computeIfAbsent(job.address, none -> new ArrayDeque<>()).addFirst(job);
    } finally {
      lock.unlock();
    }
  }
}
