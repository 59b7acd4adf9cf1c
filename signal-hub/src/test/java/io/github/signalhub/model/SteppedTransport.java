package io.github.signalhub.model;

import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A transport whose loops run one task at a time, when they are told to. Not thread-safe. */
final class SteppedTransport implements Transport {
  final List<SteppedLoop> loops = new ArrayList<>();
  final List<SteppedLink> links = new ArrayList<>();
  Registrar registrar;

  /** Whether the loops still get to run when the transport is stopped. */
  boolean drains;

  SteppedTransport(int loops) {
    for (int i = 0; i < loops; i++) {
      this.loops.add(new SteppedLoop());
    }
  }

  @Override
  public String name() {
    return "stepped";
  }

  @Override
  public void start(Registrar registrar) {
    this.registrar = registrar;
  }

  @Override
  public void stopAccepting(Duration retryAfter) {}

  /** Comes at the deadline of a draining hub, so the loops may run before anything is cut. */
  @Override
  public void stop() {
    if (drains) {
      runAll();
    }
    List.copyOf(links).forEach(link -> link.end(CloseReason.ABNORMAL));
  }

  boolean isIdle() {
    return loops.stream().allMatch(loop -> loop.tasks.isEmpty());
  }

  void runAll() {
    while (!isIdle()) {
      loops.forEach(SteppedLoop::runTask);
    }
  }

  /** A queue of tasks. */
  static final class SteppedLoop implements Loop {
    final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public boolean inLoop() {
      return running;
    }

    void runTask() {
      Runnable task = tasks.poll();
      if (task != null) {
        call(task);
      }
    }

    void call(Runnable task) {
      boolean outer = running;
      running = true;
      try {
        task.run();
      } finally {
        running = outer;
      }
    }
  }
}
