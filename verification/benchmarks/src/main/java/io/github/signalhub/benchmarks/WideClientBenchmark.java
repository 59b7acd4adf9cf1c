package io.github.signalhub.benchmarks;

import io.github.signalhub.Hub;
import io.github.signalhub.PublishResult;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
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
 * The cost of a client that follows many topics. {@link #flush} sends one message to one of its
 * topics. {@link #join} follows all topics, one after the other, and is given per topic. For both,
 * the figures of 10 and 10,000 topics must be alike. A flush visits only dirty topics.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WideClientBenchmark {
  static final int MANY = 10_000;

  /** A client that follows so many topics. */
  @State(Scope.Benchmark)
  public static class Client {
    /** The number of topics that it follows. */
    @Param({"10", "10000"})
    public int topics;

    private Hub hub;
    private MemoryTransport transport;
    private MemoryLink link;
    private int next;

    /** Connects it again, before it has received much. */
    @Setup(Level.Iteration)
    public void connect() throws IOException {
      hub = hub();
      transport = new MemoryTransport();
      hub.attach(transport);
      Handshake.Builder handshake = Handshake.builder();
      for (int i = 0; i < topics; i++) {
        handshake.topic("topic" + i);
      }
      link = transport.connect(handshake.build());
      transport.run();
    }
  }

  /** Publishes to one of its topics, and flushes. */
  @Benchmark
  public PublishResult flush(Client client) {
    client.next = (client.next + 1) % client.topics;
    PublishResult result = client.hub.topic("topic" + client.next).publish("N", 0);
    client.transport.run();
    return result;
  }

  /** Follows ten topics. */
  @Benchmark
  public int joinTen() throws IOException {
    return join(10);
  }

  /** Follows ten thousand topics. */
  @Benchmark
  public int joinTenThousand() throws IOException {
    return join(MANY);
  }

  private static int join(int topics) throws IOException {
    Hub hub = hub();
    MemoryTransport transport = new MemoryTransport();
    hub.attach(transport);
    MemoryLink link = transport.connect(Handshake.builder().build());
    io.github.signalhub.Client client = hub.client(link.clientId()).orElseThrow();
    for (int i = 0; i < topics; i++) {
      client.join("topic" + i);
    }
    transport.run();
    return hub.stats().topics();
  }

  private static Hub hub() {
    return Hub.builder().callbackExecutor(Runnable::run).maxTopicsPerClient(MANY).build();
  }
}
