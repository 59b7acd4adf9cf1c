package io.github.signalhub.examples;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.examples.flow.FlowSnapshot;
import io.github.signalhub.examples.flow.StartResult;
import io.github.signalhub.examples.ledger.Ledger;
import io.github.signalhub.examples.ledger.LedgerException;
import io.github.signalhub.examples.optimize.Suggestion;
import io.github.signalhub.examples.web.Api;
import io.github.signalhub.examples.web.Dashboard;
import io.github.signalhub.examples.web.Page;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * The running example: flows and a ledger, a hub that sends their events to every open page, and a
 * server that serves the page. Thread-safe.
 */
final class Example implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Example.class.getName());
  private static final Duration DRAIN = Duration.ofSeconds(2);

  private final Hub hub = Hub.create();
  private final Ledger ledger;
  private final FlowRunner runner;
  private SignalServer server; // set once by start(), before other threads see this object

  private Example(Settings settings) throws LedgerException {
    ledger =
        Ledger.open(
            settings.ledgerFolder(),
            Clock.systemUTC(),
            entry -> tell(entry.toUpdate().toMessage()));
    runner = new FlowRunner(new Events());
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
      throw StartupException.cannotListen(settings.port(), e);
    }
  }

  private void serve(Settings settings, Page page) throws IOException {
    server =
        SignalServer.builder(hub)
            .bindAddress(settings.bindAddress())
            .port(settings.port())
            .path("/ws")
            .context("/api", new Api(new State(), hub::lastId))
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
    runner.close();
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

  /** Passes what happens to the pages, and finished runs to the ledger. */
  private final class Events implements FlowRunner.Events {
    @Override
    public void changed(Message change) {
      tell(change);
    }

    @Override
    public void suggested(Suggestion suggestion) {
      tell(suggestion.toNotification().toMessage());
    }

    @Override
    public void book(long flowId, String description, BigDecimal amount, String currency)
        throws IOException {
      ledger.append(flowId, description, amount, currency);
    }
  }

  /** What the pages fetch. */
  private final class State implements Dashboard {
    @Override
    public List<FlowSnapshot> flows() {
      return runner.flows();
    }

    @Override
    public List<?> entries() {
      return ledger.recent().stream().map(each -> each.toUpdate().toMessage().payload()).toList();
    }

    @Override
    public List<?> suggestions() {
      return runner.suggestions();
    }

    @Override
    public StartResult start(long flowId) {
      return runner.start(flowId);
    }
  }
}
