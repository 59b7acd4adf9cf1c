package io.github.signalhub.examples;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.Message;
import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.FlowEngine;
import io.github.signalhub.examples.flow.FlowListener;
import io.github.signalhub.examples.flow.FlowSnapshot;
import io.github.signalhub.examples.flow.RunReport;
import io.github.signalhub.examples.flow.StartResult;
import io.github.signalhub.examples.optimize.Optimizer;
import io.github.signalhub.examples.optimize.Suggestion;
import io.github.signalhub.flow.FlowStatus;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs the flows of the example on threads of its own, and measures them. It knows no hub: it tells
 * its owner what happens. Thread-safe.
 */
public final class FlowRunner implements AutoCloseable {
  private static final int WORKERS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final InstantSource clock = Clock.systemUTC();
  private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final ExampleFlows flows = new ExampleFlows(new Random(), FlowRunner::sleep);
  private final Events events;
  private final Optimizer optimizer;
  private final FlowEngine engine;

  /** Receives what happens. */
  public interface Events {
    /** Called after each change of a flow, in the order of the changes. It must not wait. */
    void changed(Message change);

    /** Called with each new suggestion. It must not wait. */
    void suggested(Suggestion suggestion);

    /**
     * Books a run that is done. It may wait.
     *
     * @throws IOException if it could not be booked; the run then fails
     */
    void book(long flowId, String description, BigDecimal amount, String currency)
        throws IOException;
  }

  /** Creates a runner without runs. */
  public FlowRunner(Events events) {
    this.events = requireNonNull(events, "events");
    optimizer = new Optimizer(clock, events::suggested);
    engine =
        new FlowEngine(
            flows.definitions(),
            workers,
            (delay, task) -> timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS),
            clock,
            new Announcer());
  }

  /** Returns the message that says how many runs of a flow wait. */
  public static Message queue(long flowId, int queued) {
    return Message.of("FLOW_QUEUE", Map.of("flowId", flowId, "queued", queued));
  }

  /** Requests a run of the flow. */
  public StartResult start(long flowId) {
    return engine.start(flowId);
  }

  /** Returns what flows there are. */
  public List<FlowDefinition> definitions() {
    return flows.definitions();
  }

  /** Returns the current state of every flow. */
  public List<FlowSnapshot> flows() {
    return engine.snapshot();
  }

  /** Returns the suggestions, in the order of their numbers. */
  public List<Suggestion> suggestions() {
    return optimizer.suggestions();
  }

  /** Drops current runs. Takes two seconds at most. */
  @Override
  public void close() {
    engine.close();
    timers.shutdownNow();
    endWorkers();
  }

  /** Lets work end by itself. An interrupt could hit the ledger in the middle of an entry. */
  private void endWorkers() {
    workers.shutdown();
    try {
      workers.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.shutdownNow();
  }

  private static void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  /** Passes events of the engine on, and books and measures finished runs. */
  private final class Announcer implements FlowListener {
    @Override
    public void statusChanged(FlowStatus status) {
      events.changed(status.toMessage());
    }

    @Override
    public void queueChanged(long flowId, int queued) {
      events.changed(queue(flowId, queued));
    }

    @Override
    public void completed(RunReport report) throws IOException {
      ExampleFlows.Amount amount = flows.amountOf(report.flow().id());
      events.book(report.flow().id(), amount.description(), amount.amount(), amount.currency());
      optimizer.add(report);
    }
  }
}
