package io.github.signalhub.jdkserver.internal.capacity;

import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The limited things of a server, which the addresses of its peers share. A handler never holds
 * what TLS or a handshake needs. Thread-safe.
 *
 * @param handlers threads for HTTP handlers
 * @param hooks threads for handshake hooks
 * @param computing threads for the computing of TLS
 * @param exchanges how many requests the application has
 * @param handshakes how many handshakes the application has
 * @param buffers bytes of requests and responses between loops and handlers
 * @param slowPeers how many handlers wait for slow peers
 * @param refusals counts what is refused because there is too much
 * @param counts what the server counts besides
 */
public record Capacity(
    Workers handlers,
    Workers hooks,
    Workers computing,
    FairShares exchanges,
    FairShares handshakes,
    FairShares buffers,
    SlowPeers slowPeers,
    Refusals refusals,
    ServerCounts counts) {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SLOW_PEERS_OF_UNKNOWN = 16;
  private static final long LEAST_BUFFER_BYTES = 64 << 10;

  /** Returns the capacity of a server that starts. */
  public static Capacity of(HandlerLimits limits, ServerThreads threads) {
    int most = limits.maxConcurrentExchanges();
    Workers handlers = workers(threads.handlers(), PATIENCE_NANOS);
    Workers hooks = workers(threads.hooks(), PATIENCE_NANOS);
    FairShares exchanges = new FairShares(most);
    FairShares handshakes = new FairShares(most);
    FairShares buffers = new FairShares(limits.maxBufferedBytes());
    SlowPeers slowPeers =
        new SlowPeers(
            limits.maxSlowPeers().orElseGet(() -> slowPeers(threads.handlers(), most)),
            handlers::areAllBusy);
    ServerCounts counts = new ServerCounts();
    Predicate<Refusals.Reason> isExhausted =
        reason ->
            switch (reason) {
              case REQUESTS -> exchanges.isExhausted();
              case HANDSHAKES -> handshakes.isExhausted();
              case HANDLER_THREADS -> handlers.refusesOthers();
              case HOOK_THREADS -> hooks.refusesOthers();
              case BUFFERS -> buffers.free() < LEAST_BUFFER_BYTES;
              case SLOW_BODIES, SLOW_READERS -> slowPeers.areAllTaken();
              case UNFINISHED_MESSAGES -> false; // the address that holds most pays
            };
    return new Capacity(
        handlers,
        hooks,
        workers(threads.computing(), Long.MAX_VALUE), // bounded by the connections
        exchanges,
        handshakes,
        buffers,
        slowPeers,
        new Refusals(counts.limits(), isExhausted, System::nanoTime),
        counts);
  }

  private static Workers workers(ServerThreads.Crew crew, long patienceNanos) {
    return new Workers(crew.executor(), crew.threads(), patienceNanos, System::nanoTime);
  }

  /**
   * Returns a third of the threads, so that one address has at most a quarter ({@link FairShares}).
   */
  private static int slowPeers(ServerThreads.Crew handlers, int maxConcurrentExchanges) {
    int most =
        handlers.isKnown()
            ? Math.min(handlers.threads(), maxConcurrentExchanges) / 3
            : SLOW_PEERS_OF_UNKNOWN;
    return Math.max(1, most);
  }
}
