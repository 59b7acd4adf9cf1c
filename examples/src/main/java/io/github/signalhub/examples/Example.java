package io.github.signalhub.examples;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.examples.flow.FlowEngine;
import io.github.signalhub.examples.flow.FlowListener;
import io.github.signalhub.examples.flow.RunReport;
import io.github.signalhub.examples.ledger.Ledger;
import io.github.signalhub.examples.ledger.LedgerException;
import io.github.signalhub.examples.optimize.Optimizer;
import io.github.signalhub.examples.web.Api;
import io.github.signalhub.examples.web.Page;
import io.github.signalhub.flow.FlowStatus;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The running example: engine, ledger and optimizer, a hub that sends their events to every open
 * page, and a server that serves the page. Thread-safe.
 */
final class Example implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Example.class.getName());
  private static final int WORKERS = 8;
  private static final Duration DRAIN = Duration.ofSeconds(2);

  private final InstantSource clock = Clock.systemUTC();
  private final Hub hub = Hub.create();
  private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final ExampleFlows flows = new ExampleFlows(new Random(), Example::sleep);
  private final Optimizer optimizer =
      new Optimizer(clock, found -> tell(found.toNotification().toMessage()));
  private final Ledger ledger;
  private final FlowEngine engine;
  private SignalServer server; // set once by start(), before other threads see this object

  private Example(Settings settings) throws LedgerException {
    ledger =
        Ledger.open(settings.ledgerFolder(), clock, entry -> tell(entry.toUpdate().toMessage()));
    engine =
        new FlowEngine(
            flows.definitions(),
            workers,
            (delay, task) -> timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS),
            clock,
            new Announcer());
  }

  /**
   * Starts everything.
   *
   * @throws StartupException if the ledger cannot be opened, the page is missing or the port is
   *     taken; nothing stays running then
   */
  static Example start(Settings settings) throws StartupException {
    requireNonNull(settings, "settings");
    Page page;
    Example example;
    try {
      page = new Page(Example.class.getClassLoader());
      example = new Example(settings);
    } catch (IllegalStateException | LedgerException e) {
      throw new StartupException(e.getMessage());
    }
    try {
      example.serve(settings, page);
      return example;
    } catch (IOException e) {
      example.close();
      throw new StartupException(
          e instanceof BindException
              ? "port " + settings.port() + " is in use; set PORT to another one, or to 0 for any"
              : "cannot listen on port " + settings.port() + ": " + e.getMessage());
    }
  }

  private void serve(Settings settings, Page page) throws IOException {
    server =
        SignalServer.builder(hub)
            .bindAddress(settings.bindAddress())
            .port(settings.port())
            .path("/ws")
            .context("/api", new Api(engine, ledger, optimizer, hub::lastId))
            .context("/", page)
            .start();
  }

  /** Returns the address that the server listens on. */
  InetSocketAddress address() {
    return server.address();
  }

  /** Stops everything and drops current runs. Takes a few seconds at most. */
  @Override
  public void close() {
    engine.close();
    timers.shutdownNow();
    endWorkers();
    if (server != null) {
      server.stop(DRAIN);
    }
    hub.close(DRAIN);
    try {
      ledger.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "The ledger could not be closed", e); // all entries are durable
    }
  }

  /** Broadcasts a message to every page. Logs a message that the hub does not accept. */
  private void tell(Message message) {
    PublishResult result = hub.broadcast(message);
    if (!result.isAccepted() && result.status() != PublishResult.Status.CLOSED) {
      LOG.log(Level.WARNING, () -> "No page gets a " + message.type() + ": " + result.status());
    }
  }

  /** Lets work end by itself. An interrupt could hit the ledger in the middle of an entry. */
  private void endWorkers() {
    workers.shutdown();
    try {
      workers.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.shutdownNow();
  }

  private static void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  /** Passes events of the engine to the pages, and finished runs to ledger and optimizer. */
  private final class Announcer implements FlowListener {
    @Override
    public void statusChanged(FlowStatus status) {
      tell(status.toMessage());
    }

    @Override
    public void queueChanged(long flowId, int queued) {
      tell(Message.of("FLOW_QUEUE", Map.of("flowId", flowId, "queued", queued)));
    }

    @Override
    public void completed(RunReport report) throws IOException {
      ExampleFlows.Amount amount = flows.amountOf(report.flow().id());
      ledger.append(report.flow().id(), amount.description(), amount.amount(), amount.currency());
      optimizer.add(report);
    }
  }
}
