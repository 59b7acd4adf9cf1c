package io.github.signalhub.spi;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.HubListener;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A hub on a {@link CallbackTransport}, on one thread. The test runs all tasks. */
final class FakePlatform {
  final Hub hub;
  final CallbackTransport transport;
  final List<String> received = new ArrayList<>();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Queue<Runnable> callbacks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at));
  private long now;

  private record Timer(long at, Runnable due) {}

  FakePlatform(HubBuilder options) {
    this(options, transport -> transport);
  }

  FakePlatform(HubBuilder options, UnaryOperator<CallbackTransport.Builder> transportOptions) {
    hub = options.callbackExecutor(callbacks::add).build();
    transport =
        transportOptions
            .apply(
                CallbackTransport.builder("fake", tasks::add).loops(1).timeouts(LinkTimeouts.NONE))
            .time(() -> now, this::schedule)
            .build();
    try {
      hub.attach(transport);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    hub.addListener(
        new HubListener() {
          @Override
          public void onText(Client client, String text) {
            received.add(text);
          }

          @Override
          public void onBinary(Client client, byte[] bytes) {
            received.add("binary " + bytes.length);
          }

          @Override
          public boolean acceptsBinary() {
            return true;
          }
        });
  }

  private Future<?> schedule(Runnable due, long delayNanos) {
    timers.add(new Timer(now + Math.max(0, delayNanos), due));
    return new CompletableFuture<>();
  }

  CallbackLink open(CallbackSender sender) {
    return open(Handshake.builder(), sender);
  }

  CallbackLink open(Handshake.Builder handshake, CallbackSender sender) {
    CallbackLink link = transport.open(handshake.build(), sender);
    run();
    return link;
  }

  /** Runs the loop's tasks. */
  void runLoop() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Runs the tasks of the loop and of the listeners. */
  void run() {
    for (runLoop(); !callbacks.isEmpty(); runLoop()) {
      callbacks.remove().run();
    }
  }

  /** Lets time pass. */
  void pass(long time, TimeUnit unit) {
    pass(time, unit, this::run);
  }

  /** Lets time pass while listeners are busy. */
  void passLoop(long time, TimeUnit unit) {
    pass(time, unit, this::runLoop);
  }

  private void pass(long time, TimeUnit unit, Runnable run) {
    run.run();
    long end = now + unit.toNanos(time);
    while (!timers.isEmpty() && timers.peek().at <= end) {
      Timer next = timers.remove();
      now = next.at;
      next.due.run();
      run.run();
    }
    now = end;
  }

  /** Returns the number of timers. */
  int timers() {
    return timers.size();
  }
}
