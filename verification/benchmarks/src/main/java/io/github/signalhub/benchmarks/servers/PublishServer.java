package io.github.signalhub.benchmarks.servers;

import com.sun.management.ThreadMXBean;
import io.github.signalhub.Hub;
import io.github.signalhub.PublishResult;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.json.RawJson;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.CallbackSender;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.Handshake;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Measures publications without sockets. A line {@code publish N} is answered with three figures of
 * a publication to N clients: nanoseconds and allocated bytes of its caller, and the most wake-ups.
 *
 * <p>The event loops stand still while a batch is published. They run between two batches, so only
 * the publisher is timed. The garbage collector runs in some batches, so there are many of them.
 * Confined to the thread that runs {@code main}.
 */
public final class PublishServer {
  private static final int BATCH = 20_000;
  private static final int BATCHES = 20;
  private static final int WAKING_PUBLICATIONS = 20;
  private static final int LOOPS = 4;
  private static final RawJson PAYLOAD =
      RawJson.of("{\"flowId\":42,\"status\":\"NODE_COMPLETE\",\"nodeId\":\"extract\"}");

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Hub hub;
  private final MemoryTransport transport = new MemoryTransport(LOOPS);
  private final Hub wakingHub;
  private final CountingExecutor waking = new CountingExecutor();

  private PublishServer(int clients) throws IOException {
    hub = Hub.builder().callbackExecutor(Runnable::run).retentionGrace(Duration.ZERO).build();
    hub.attach(transport);
    wakingHub = Hub.builder().callbackExecutor(Runnable::run).build();
    CallbackTransport callbacks = CallbackTransport.builder("counted", waking).loops(LOOPS).build();
    wakingHub.attach(callbacks);
    for (int i = 0; i < clients; i++) {
      transport.connect(Handshake.builder().build()).stall();
      callbacks.open(Handshake.builder().build(), new Reader());
    }
    transport.run();
    waking.runAll();
  }

  /** Answers lines until there are no more. */
  public static void main(String[] args) throws IOException {
    Map<String, PublishServer> byClients = new HashMap<>();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("port 0");
    String line;
    while ((line = in.readLine()) != null) {
      String clients = line.substring(line.indexOf(' ') + 1);
      if (!byClients.containsKey(clients)) {
        byClients.put(clients, new PublishServer(Integer.parseInt(clients)));
      }
      System.out.println(byClients.get(clients).measure());
    }
  }

  private String measure() {
    long thread = Thread.currentThread().getId();
    long nanos = 0;
    long bytes = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
      long bytesBefore = threads.getThreadAllocatedBytes(thread);
      long start = System.nanoTime();
      for (int i = 0; i < BATCH; i++) {
        publish(hub);
      }
      nanos += System.nanoTime() - start;
      bytes += threads.getThreadAllocatedBytes(thread) - bytesBefore;
      transport.run();
    }
    double publications = (double) BATCHES * BATCH;
    return nanos / publications + " " + bytes / publications + " " + mostWakeUps();
  }

  private int mostWakeUps() {
    int most = 0;
    for (int i = 0; i < WAKING_PUBLICATIONS; i++) {
      int before = waking.count;
      publish(wakingHub);
      most = Math.max(most, waking.count - before);
      waking.runAll();
    }
    return most;
  }

  private static void publish(Hub hub) {
    PublishResult result = hub.broadcast("FLOW_STATUS", PAYLOAD);
    if (!result.isAccepted()) {
      throw new IllegalStateException("expected ACCEPTED, was " + result);
    }
  }

  /** Runs nothing by itself. */
  private static final class CountingExecutor implements Executor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private int count;

    @Override
    public void execute(Runnable task) {
      count++;
      tasks.add(task);
    }

    void runAll() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }
  }

  /** Takes everything at once. */
  private static final class Reader implements CallbackSender {
    @Override
    public void send(String text, Runnable done) {
      done.run();
    }

    @Override
    public void close(DisconnectReason reason) {}

    @Override
    public void cut() {}
  }
}
