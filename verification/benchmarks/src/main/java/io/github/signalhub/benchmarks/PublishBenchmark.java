package io.github.signalhub.benchmarks;

import io.github.signalhub.Hub;
import io.github.signalhub.PublishResult;
import io.github.signalhub.json.Json;
import io.github.signalhub.json.RawJson;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a publication for its caller. The figures of 0, 10 and 10,000 clients must be alike,
 * because a publisher never visits clients. {@link #encode} is the floor: the same JSON text
 * without a hub.
 *
 * <p>The benchmark publishes a batch while the event loops stand still. It offers the batch to the
 * clients between two batches, so that only the publishers are timed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 30, batchSize = PublishBenchmark.BATCH)
@Measurement(iterations = 30, batchSize = PublishBenchmark.BATCH)
@Fork(1)
public class PublishBenchmark {
  static final int BATCH = 50_000;

  private static final RawJson PAYLOAD =
      RawJson.of("{\"flowId\":42,\"status\":\"NODE_COMPLETE\",\"nodeId\":\"extract\"}");

  /** The number of clients that follow the broadcasts. None of them reads. */
  @Param({"0", "10", "10000"})
  public int clients;

  private Hub hub;
  private MemoryTransport transport;

  /** Connects the clients. */
  @Setup
  public void connect() throws IOException {
    hub = Hub.builder().callbackExecutor(Runnable::run).retentionGrace(Duration.ZERO).build();
    transport = new MemoryTransport(2);
    hub.attach(transport);
    for (int i = 0; i < clients; i++) {
      transport.connect(Handshake.builder().after(hub.lastId()).build()).stall();
    }
  }

  /** Offers the previous batch to the clients. */
  @Setup(Level.Iteration)
  public void offer() {
    transport.run();
  }

  /** Publishes a batch to all clients. Throws if a message is not accepted. */
  @Benchmark
  public PublishResult broadcast() {
    PublishResult result = hub.broadcast("FLOW_STATUS", PAYLOAD);
    if (!result.isAccepted()) {
      throw new IllegalStateException("expected ACCEPTED, was " + result);
    }
    return result;
  }

  /** Encodes a message and publishes nothing. */
  @Benchmark
  public byte[] encode() {
    return Json.writeBytes(PAYLOAD);
  }
}
