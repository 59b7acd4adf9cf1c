package io.github.signalhub.jdkserver.internal.server;

import io.github.signalhub.internal.counters.CodeCounters;
import io.github.signalhub.jdkserver.internal.capacity.Capacity;
import io.github.signalhub.jdkserver.internal.capacity.Limit;
import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.capacity.ServerCounts;
import io.github.signalhub.jdkserver.internal.capacity.Workers;
import io.github.signalhub.jdkserver.internal.certificates.CurrentCertificates;
import io.github.signalhub.jdkserver.internal.httpconnection.ServerContext;
import io.github.signalhub.jdkserver.internal.link.LinkContext;
import io.github.signalhub.jdkserver.internal.loop.LoopCounter;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import io.github.signalhub.metrics.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/**
 * Makes the metrics of a server: what it counts, what it holds, and how much of that it may hold.
 * No label is named by a peer.
 *
 * <p>Confined to the thread that starts the server. The metrics are thread-safe.
 */
final class ServerMetrics {
  private static final String PREFIX = "signalhub.server.";
  private static final double NANOS_OF_A_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final List<Metric> metrics = new ArrayList<>();

  private ServerMetrics() {}

  /**
   * Returns the metrics of a server that starts.
   *
   * @param certificates the files of TLS; empty without them
   * @param hasTls whether connections are encrypted
   */
  static List<Metric> of(
      TransportOptions options,
      ServerContext context,
      List<NioLoop> loops,
      Optional<CurrentCertificates> certificates,
      boolean hasTls) {
    ServerMetrics made = new ServerMetrics();
    made.addConnections(options, context);
    made.addRequests(options, context);
    made.addLinks(options, context.links());
    made.addThreads(context.capacity());
    made.addRefusals(context.capacity());
    made.addTraffic(List.copyOf(loops));
    if (hasTls) {
      ServerCounts counts = context.capacity().counts();
      made.counter(
          "failed.tls.handshakes",
          "handshakes",
          "Connections whose handshake of TLS failed.",
          counts.failedTls()::sum);
    }
    certificates.ifPresent(
        files ->
            made.gauge(
                "certificate.remaining.seconds",
                "seconds",
                "Time until the first certificate of the chain ends; negative after that.",
                () -> files.untilEnd().toMillis() / 1000.0));
    return List.copyOf(made.metrics);
  }

  private void addConnections(TransportOptions options, ServerContext context) {
    ServerCounts counts = context.capacity().counts();
    String unit = "connections";
    gauge("open.connections", unit, "Connections now.", context.permits()::connections);
    limit("open", unit, Limit.MAX_CONNECTIONS, options.peers().maxConnections());
    counter(
        "accepted.connections",
        unit,
        "Connections that were accepted, also those that were closed at once.",
        counts.accepted()::sum);
    counter(
        "refused.connections",
        unit,
        "Connections that were closed before they were read, because there were too many.",
        counts.closedUnread()::sum);
  }

  private void addRequests(TransportOptions options, ServerContext context) {
    Capacity capacity = context.capacity();
    ServerCounts counts = capacity.counts();
    counter(
        "requests",
        "requests",
        "Requests whose head was read, handshakes included.",
        counts.requests()::sum);
    byStatus(
        "refused.requests",
        "requests",
        "Requests that the server itself answered with an error, by status.",
        counts.refusedRequests());
    byStatus(
        "refused.handshakes",
        "handshakes",
        "Handshakes of WebSockets that were refused, by status.",
        counts.refusedHandshakes());
    gauge(
        "running.exchanges", "exchanges", "Requests in handlers now.", capacity.exchanges()::used);
    gauge(
        "running.handshakes",
        "handshakes",
        "Handshakes in the hook now.",
        capacity.handshakes()::used);
    limit(
        "running",
        "exchanges",
        Limit.MAX_CONCURRENT_EXCHANGES,
        options.http().handlers().maxConcurrentExchanges());
    gauge(
        "buffered.bytes",
        "bytes",
        "Bytes of requests and responses between sockets and handlers now.",
        capacity.buffers()::used);
    limit(
        "buffered",
        "bytes",
        Limit.MAX_BUFFERED_BYTES,
        options.http().handlers().maxBufferedBytes());
    gauge(
        "slow.peers",
        "peers",
        "Slow clients that handlers wait for now.",
        capacity.slowPeers()::count);
    limit("slow", "peers", Limit.MAX_SLOW_PEERS, capacity.slowPeers().most());
  }

  private void addLinks(TransportOptions options, LinkContext links) {
    gauge("unfinished.bytes", "bytes", "Bytes of unfinished messages now.", links::unfinishedBytes);
    limit("unfinished", "bytes", Limit.MAX_UNFINISHED_BYTES, options.links().maxUnfinishedBytes());
    gauge(
        "window.bytes",
        "bytes",
        "Bytes that compressed messages of clients may refer back to now.",
        links.compression()::windowBytes);
    limit(
        "window",
        "bytes",
        Limit.MAX_COMPRESSION_WINDOW_BYTES,
        options.links().maxCompressionWindowBytes());
  }

  private void addThreads(Capacity capacity) {
    addCrew("handlers", capacity.handlers());
    addCrew("hooks", capacity.hooks());
    addCrew("tls", capacity.computing());
  }

  private void addCrew(String crew, Workers workers) {
    long most = workers.most();
    double max = most == Integer.MAX_VALUE ? Double.POSITIVE_INFINITY : most;
    metrics.add(
        Metric.gauge(
                PREFIX + "busy.threads", "threads", "Threads that are busy now.", workers::busy)
            .withLabel("crew", crew));
    metrics.add(
        Metric.gauge(
                PREFIX + "busy.limit",
                "threads",
                "Threads at most; infinite if they are virtual, or not known.",
                () -> max)
            .withLabel("crew", crew));
  }

  private void addRefusals(Capacity capacity) {
    Refusals refusals = capacity.refusals();
    for (Refusals.Reason reason : Refusals.Reason.values()) {
      metrics.add(
          Metric.gauge(
                  PREFIX + "refusing.episodes",
                  "episodes",
                  "1 from a refusal for this reason until 10 to 20 seconds after the last one; else 0.",
                  () -> refusals.isRefusing(reason) ? 1 : 0)
              .withLabel("reason", reason.name().toLowerCase(Locale.ROOT)));
    }
    gauge(
        "overloaded.seconds",
        "seconds",
        "Time for which requests or handshakes were refused as nothing is left for them; else 0.",
        () -> refusals.overloadedFor().toMillis() / 1000.0);
    for (Limit limit : Limit.values()) {
      metrics.add(
          Metric.counter(
                  PREFIX + "limits",
                  "hits",
                  "Times that a limit was reached, by the name of its option.",
                  () -> capacity.counts().limits().of(limit))
              .withLabel("limit", limit.option()));
    }
  }

  private void addTraffic(List<NioLoop> loops) {
    counter("read.bytes", "bytes", "Bytes read from sockets.", sum(loops, NioLoop::readBytes));
    counter(
        "written.bytes", "bytes", "Bytes that sockets took.", sum(loops, NioLoop::writtenBytes));
    for (int i = 0; i < loops.size(); i++) {
      NioLoop loop = loops.get(i);
      String number = Integer.toString(i);
      metrics.add(
          Metric.counter(
                  PREFIX + "loop.busy.seconds",
                  "seconds",
                  "Time in which an event loop had work to do.",
                  () -> loop.busyNanos().get() / NANOS_OF_A_SECOND)
              .withLabel("loop", number));
      metrics.add(
          Metric.counter(
                  PREFIX + "loop.turns",
                  "turns",
                  "Turns of an event loop, one for each time that it looked for work.",
                  loop.turns()::get)
              .withLabel("loop", number));
    }
  }

  private static DoubleSupplier sum(List<NioLoop> loops, Function<NioLoop, LoopCounter> counter) {
    return () -> loops.stream().map(counter).mapToLong(LoopCounter::get).sum();
  }

  private void byStatus(String name, String unit, String help, CodeCounters counts) {
    for (String status : counts.names()) {
      metrics.add(
          Metric.counter(PREFIX + name, unit, help, () -> counts.of(status))
              .withLabel("status", status));
    }
  }

  private void limit(String name, String unit, Limit limit, long most) {
    gauge(name + ".limit", unit, "The limit " + limit.option() + ".", () -> most);
  }

  private void gauge(String name, String unit, String help, DoubleSupplier value) {
    metrics.add(Metric.gauge(PREFIX + name, unit, help, value));
  }

  private void counter(String name, String unit, String help, DoubleSupplier value) {
    metrics.add(Metric.counter(PREFIX + name, unit, help, value));
  }
}
