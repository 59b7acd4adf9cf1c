package io.github.signalhub.examples.flow;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.flow.FlowStatus;
import io.github.signalhub.flow.FlowStatus.Status;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Runs flows. A node begins as soon as the nodes that it depends on are done. Nodes run
 * concurrently on the given workers. The engine retries a failing node as its definition says. If a
 * node gives up, no other node begins, and the run fails. Runs of one flow follow each other. Runs
 * of different flows are concurrent.
 *
 * <p>One lock guards all state. The engine calls the listener under it, so messages that the
 * listener publishes have the order of the changes. Work never runs under it.
 *
 * <p>Thread-safe.
 */
public final class FlowEngine implements AutoCloseable {
  /** The most waiting runs of one flow. Beyond it, {@link #start} returns {@code QueueFull}. */
  public static final int MAX_QUEUED_RUNS = 8;

  private static final System.Logger LOG = System.getLogger(FlowEngine.class.getName());

  private final Object lock = new Object();
  private final Map<Long, Slot> slots = new LinkedHashMap<>();
  private final Executor workers;
  private final Timers timers;
  private final InstantSource clock;
  private final FlowListener listener;
  private long lastRunId;
  private boolean closed;

  /** One flow with its current run and its waiting runs. */
  private static final class Slot {
    final FlowDefinition flow;
    final Queue<Long> queue = new ArrayDeque<>();
    FlowState state = FlowState.IDLE;
    FlowRun run; // the current or last run; null before the first
    Instant endedAt; // null unless the last run is over

    Slot(FlowDefinition flow) {
      this.flow = flow;
    }

    boolean busy() {
      return state == FlowState.RUNNING;
    }
  }

  /**
   * Creates an engine. It owns neither {@code workers} nor {@code timers}: close it before them.
   *
   * @throws IllegalArgumentException if two flows have the same id
   */
  public FlowEngine(
      List<FlowDefinition> flows,
      Executor workers,
      Timers timers,
      InstantSource clock,
      FlowListener listener) {
    this.workers = requireNonNull(workers, "workers");
    this.timers = requireNonNull(timers, "timers");
    this.clock = requireNonNull(clock, "clock");
    this.listener = requireNonNull(listener, "listener");
    for (FlowDefinition flow : flows) {
      if (slots.put(flow.id(), new Slot(flow)) != null) {
        throw new IllegalArgumentException("two flows have the id " + flow.id());
      }
    }
  }

  /** Requests a run of the flow. It begins now, or after all earlier requested runs. */
  public StartResult start(long flowId) {
    synchronized (lock) {
      Slot slot = slots.get(flowId);
      if (slot == null) {
        return new StartResult.UnknownFlow();
      }
      if (closed) {
        return new StartResult.Closed();
      }
      if (slot.queue.size() >= MAX_QUEUED_RUNS) {
        return new StartResult.QueueFull();
      }
      long runId = ++lastRunId;
      if (slot.busy()) {
        slot.queue.add(runId);
        listener.queueChanged(flowId, slot.queue.size());
      } else {
        begin(slot, runId);
      }
      return new StartResult.Accepted(runId);
    }
  }

  /** Returns the current state of every flow, in the order given to the constructor. */
  public List<FlowSnapshot> snapshot() {
    synchronized (lock) {
      return slots.values().stream().map(FlowEngine::snapshotOf).toList();
    }
  }

  private static FlowSnapshot snapshotOf(Slot slot) {
    Map<String, NodeState> states = new HashMap<>();
    slot.flow.nodes().forEach(node -> states.put(node.id(), NodeState.IDLE));
    if (slot.run != null) {
      states.putAll(slot.run.states());
    }
    return new FlowSnapshot(
        slot.flow,
        slot.state,
        states,
        slot.queue.size(),
        Optional.ofNullable(slot.run).map(FlowRun::startedAt),
        Optional.ofNullable(slot.endedAt));
  }

  /**
   * Takes no more runs. Drops current and waiting runs, and does not call the listener for them.
   * Returns at once. The owner of the workers may interrupt their work.
   */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
  }

  private void begin(Slot slot, long runId) {
    Instant now = clock.instant();
    slot.run = new FlowRun(slot.flow, runId, now);
    slot.state = FlowState.RUNNING;
    slot.endedAt = null;
    publish(slot, Status.STARTED, null, now);
    handOver(slot, slot.run.roots());
  }

  private void handOver(Slot slot, List<NodeDefinition> nodes) {
    nodes.forEach(node -> workers.execute(() -> attempt(slot, node, 1)));
  }

  private void attempt(Slot slot, NodeDefinition node, int attempt) {
    Instant begun;
    synchronized (lock) {
      if (closed) {
        return;
      }
      if (slot.run.failing()) {
        abandon(slot, node, attempt);
        return;
      }
      begun = clock.instant();
      if (attempt == 1) {
        slot.run.begin(node, begun);
        publish(slot, Status.STARTED, node, begun);
      }
    }
    Exception failure = perform(node, attempt);
    RunReport report;
    synchronized (lock) {
      if (closed) {
        return;
      }
      if (failure == null) {
        succeed(slot, node, attempt, begun);
      } else {
        retryOrFail(slot, node, attempt, failure);
      }
      if (!slot.run.over()) {
        return;
      }
      if (slot.run.failing()) {
        end(slot, false);
        return;
      }
      report = slot.run.report(clock.instant());
    }
    complete(slot, report);
  }

  /** Runs the work. An {@link Error} fails the node as an exception does. */
  private static Exception perform(NodeDefinition node, int attempt) {
    try {
      node.work().perform(attempt);
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e;
    } catch (Exception e) {
      return e;
    } catch (Error e) {
      return new IllegalStateException("node " + node.id() + " died", e);
    }
  }

  /** Drops a node of a failed run that waited for a worker or for its next attempt. */
  private void abandon(Slot slot, NodeDefinition node, int attempt) {
    if (attempt == 1) {
      slot.run.skip();
    } else {
      slot.run.fail(node);
      publish(slot, Status.FAILED, node, clock.instant());
    }
    if (slot.run.over()) {
      end(slot, false);
    }
  }

  private void succeed(Slot slot, NodeDefinition node, int attempt, Instant begun) {
    Instant now = clock.instant();
    List<NodeDefinition> next = slot.run.succeed(node, attempt, begun, now);
    publish(slot, Status.NODE_COMPLETE, node, now);
    handOver(slot, next);
  }

  private void retryOrFail(Slot slot, NodeDefinition node, int attempt, Exception failure) {
    if (attempt < node.retry().attempts() && !slot.run.failing()) {
      LOG.log(Level.DEBUG, () -> "attempt " + attempt + " of node " + node.id() + " failed");
      timers.after(node.retry().waitAfter(attempt), () -> resume(slot, node, attempt + 1));
      return;
    }
    LOG.log(
        Level.INFO,
        () -> "Flow " + slot.flow.name() + ": node " + node.id() + " failed, " + failure);
    slot.run.fail(node);
    publish(slot, Status.FAILED, node, clock.instant());
  }

  private void resume(Slot slot, NodeDefinition node, int attempt) {
    synchronized (lock) {
      if (!closed) {
        workers.execute(() -> attempt(slot, node, attempt));
      }
    }
  }

  private void complete(Slot slot, RunReport report) {
    boolean accounted = true;
    try {
      listener.completed(report);
    } catch (Exception e) {
      LOG.log(Level.WARNING, "Flow " + slot.flow.name() + " could not be accounted for", e);
      accounted = false;
    }
    synchronized (lock) {
      if (!closed) {
        end(slot, accounted);
      }
    }
  }

  private void end(Slot slot, boolean well) {
    slot.state = well ? FlowState.FINISHED : FlowState.FAILED;
    slot.endedAt = clock.instant();
    publish(slot, well ? Status.FINISHED : Status.FAILED, null, slot.endedAt);
    Long next = slot.queue.poll();
    if (next != null) {
      listener.queueChanged(slot.flow.id(), slot.queue.size());
      begin(slot, next);
    }
  }

  private void publish(Slot slot, Status status, NodeDefinition node, Instant at) {
    long flow = slot.flow.id();
    listener.statusChanged(
        node == null
            ? FlowStatus.ofFlow(flow, status, at)
            : FlowStatus.ofNode(flow, node.id(), status, at));
  }
}
