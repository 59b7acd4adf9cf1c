package io.github.signalhub.jdkserver.internal.capacity;

import java.util.concurrent.TimeUnit;

/**
 * What a server has a limited amount of, and divides among the addresses of its peers. Nothing that
 * TLS or a handshake needs is ever held by a handler. Thread-safe.
 *
 * @param handlers threads for HTTP handlers
 * @param hooks threads for handshake hooks
 * @param computing threads for what TLS has to compute
 * @param exchanges how many requests are in the application's hands
 * @param handshakes how many handshakes are
 * @param buffers bytes of requests and responses between loops and handlers
 * @param slowPeers how many handlers wait for slow peers
 * @param refusals of what is too much
 */
public record Capacity(
    Workers handlers,
    Workers hooks,
    Workers computing,
    FairShares exchanges,
    FairShares handshakes,
    FairShares buffers,
    SlowPeers slowPeers,
    Refusals refusals) {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SLOW_PEERS_OF_UNKNOWN = 16;

  /** Returns all that a server has when it starts. */
  public static Capacity of(HandlerLimits limits, ServerThreads threads) {
    int most = limits.maxConcurrentExchanges();
    Workers handlers = workers(threads.handlers(), PATIENCE_NANOS);
    return new Capacity(
        handlers,
        workers(threads.hooks(), PATIENCE_NANOS),
        workers(threads.computing(), Long.MAX_VALUE), // bounded by the connections
        new FairShares(most),
        new FairShares(most),
        new FairShares(limits.maxBufferedBytes()),
        new SlowPeers(
            limits.maxSlowPeers().orElseGet(() -> slowPeers(threads.handlers(), most)),
            handlers::areAllBusy),
        new Refusals());
  }

  private static Workers workers(ServerThreads.Crew crew, long patienceNanos) {
    return new Workers(crew.executor(), crew.threads(), patienceNanos, System::nanoTime);
  }

  /** A third of the threads, so that one address has a quarter at most ({@link FairShares}). */
  private static int slowPeers(ServerThreads.Crew handlers, int maxConcurrentExchanges) {
    int most =
        handlers.isKnown()
            ? Math.min(handlers.threads(), maxConcurrentExchanges) / 3
            : SLOW_PEERS_OF_UNKNOWN;
    return Math.max(1, most);
  }
}
