package io.github.signalhub.interop.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy on the loopback that treats each link by its {@link LinkPlan}. One thread moves all
 * bytes. The methods are thread-safe.
 */
final class ChaosProxy implements AutoCloseable {
  /** Small, so that a pause fills the server's socket and the server has to write in parts. */
  private static final int RECEIVE_BUFFER_BYTES = 4 << 10;

  private final ServerSocketChannel listening = ServerSocketChannel.open();
  private final Selector selector = Selector.open();
  private final PriorityQueue<Wake> wakes =
      new PriorityQueue<>(Comparator.comparingLong(Wake::nanos));
  private final Map<LinkPlan.End, AtomicInteger> ends = new EnumMap<>(LinkPlan.End.class);
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(64 << 10);
  private final AtomicInteger links = new AtomicInteger();
  private final Thread thread = new Thread(this::run, "chaos-proxy");
  private final int target;
  private final long seed;
  private final long meanBytes;
  private final boolean silentAtFirst;
  private volatile boolean calm;
  private volatile boolean closed;

  private record Wake(long nanos, Runnable task) {}

  private ChaosProxy(int target, long seed, long meanBytes, boolean silentAtFirst)
      throws IOException {
    this.target = target;
    this.seed = seed;
    this.meanBytes = meanBytes;
    this.silentAtFirst = silentAtFirst;
    for (LinkPlan.End end : LinkPlan.End.values()) {
      ends.put(end, new AtomicInteger());
    }
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    listening.configureBlocking(false);
    listening.register(selector, SelectionKey.OP_ACCEPT);
  }

  /**
   * Starts a proxy.
   *
   * @param target the port of the server on the loopback
   * @param seed the seed of all faults; printed
   * @param meanBytes the mean number of the server's bytes on a link before the link ends
   * @param silentAtFirst whether links may end silently even before the client was greeted
   */
  static ChaosProxy start(int target, long seed, long meanBytes, boolean silentAtFirst)
      throws IOException {
    System.out.printf("chaos: links end by -Dchaos.seed=%d%n", seed);
    ChaosProxy proxy = new ChaosProxy(target, seed, meanBytes, silentAtFirst);
    proxy.thread.setDaemon(true);
    proxy.thread.start();
    return proxy;
  }

  int port() {
    return listening.socket().getLocalPort();
  }

  /** Ends no more links from now on. Silent links stay silent. */
  void calm() {
    calm = true;
  }

  /** Ends links by their plans from now on, as at the start. */
  void ruin() {
    calm = false;
  }

  boolean isCalm() {
    return calm;
  }

  /** Returns the number of all links so far. */
  int links() {
    return links.get();
  }

  /** Returns the number of links that ended in this way. */
  int ended(LinkPlan.End end) {
    return ends.get(end).get();
  }

  /** Returns the number of links that their plans ended. */
  int cuts() {
    return ends.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }

  /** Returns a buffer that is empty at the start of each call of a link. */
  ByteBuffer scratch() {
    return scratch;
  }

  void count(LinkPlan.End end) {
    ends.get(end).incrementAndGet();
  }

  /** Runs a task on the proxy's thread after a delay. Call it on that thread only. */
  void later(int millis, Runnable task) {
    wakes.add(new Wake(System.nanoTime() + millis * 1_000_000L, task));
  }

  private void run() {
    try {
      while (!closed) {
        Wake next = wakes.peek();
        if (next == null) {
          selector.select(this::onReady);
        } else {
          long millis = (next.nanos() - System.nanoTime()) / 1_000_000 + 1;
          selector.select(this::onReady, Math.max(1, millis));
        }
        while ((next = wakes.peek()) != null && next.nanos() <= System.nanoTime()) {
          wakes.remove().task().run();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void onReady(SelectionKey key) {
    if (key.isValid() && key.isAcceptable()) {
      accept();
    } else if (key.attachment() instanceof Runnable ready) {
      ready.run();
    }
  }

  private void accept() {
    try {
      SocketChannel client = listening.accept();
      if (client == null) {
        return;
      }
      try {
        SocketChannel server = SocketChannel.open();
        server.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        LinkPlan plan = LinkPlan.of(seed, links.getAndIncrement(), meanBytes, silentAtFirst);
        new ChaosLink(this, plan, client, server).open(selector);
      } catch (IOException e) {
        client.close(); // the server is down
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
