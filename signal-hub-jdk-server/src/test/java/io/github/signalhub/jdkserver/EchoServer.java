package io.github.signalhub.jdkserver;

import com.sun.net.httpserver.HttpContext;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
import io.github.signalhub.jdkserver.internal.net.FrameForm;
import io.github.signalhub.jdkserver.internal.net.NioTransport;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import io.github.signalhub.spi.Registrar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The real transport with the smallest application there is: what a client sends comes back. It
 * shows the wire alone, without a hub's envelopes, and answers on the loop, at once.
 */
public final class EchoServer implements AutoCloseable {
  private final NioTransport transport;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingQueue<CloseReason> ends = new LinkedBlockingQueue<>();

  private final Carrier carrier;

  private EchoServer(Carrier carrier, ServerOptions options) throws IOException {
    this.carrier = carrier;
    HubHttpServer http = new HubHttpServer(() -> null, threads);
    for (ServerOptions.Context each : options.contexts()) {
      HttpContext context = http.createContext(each.path(), each.handler());
      context.getFilters().addAll(each.filters());
    }
    transport = new NioTransport(options.net(), http, Optional.empty(), threads);
    transport.start(new EchoRegistrar());
  }

  public static EchoServer start() throws IOException {
    return start(options -> options);
  }

  /** Starts on a free port with these options, the WebSocket at {@code /ws}. */
  public static EchoServer start(UnaryOperator<SignalServerBuilder> options) throws IOException {
    return start(Carrier.TCP, options);
  }

  public static EchoServer start(Carrier carrier) throws IOException {
    return start(carrier, options -> options);
  }

  /** Starts as the other one does, plain or with TLS. */
  public static EchoServer start(Carrier carrier, UnaryOperator<SignalServerBuilder> options)
      throws IOException {
    try (Hub unused = Hub.create()) {
      SignalServerBuilder builder = carrier.secure(SignalServer.builder(unused).port(0));
      return new EchoServer(carrier, options.apply(builder).freeze());
    }
  }

  /** Returns a client that is connected, and has done what TLS wants. */
  public RawClient connect() throws IOException {
    return new RawClient(carrier.connect(port()));
  }

  /** Returns a client that has done the handshake at {@code /ws}, too. */
  public RawClient openWebSocket() throws IOException {
    return connect().openWebSocket("/ws");
  }

  public int port() {
    return transport.address().getPort();
  }

  /** Waits for the next connection to end, and returns with what reason it did. */
  public CloseReason end() throws InterruptedException {
    return ends.poll(20, TimeUnit.SECONDS);
  }

  /** Asks every client to leave. */
  public void drain(Duration atMost) throws InterruptedException {
    transport.drain(atMost);
  }

  @Override
  public void close() {
    transport.stop();
    threads.shutdownNow();
  }

  private final class EchoRegistrar implements Registrar {
    @Override
    public Inbound register(Connection connection, Handshake handshake) {
      return new Echo(connection);
    }

    @Override
    public void unregister(Inbound inbound, CloseReason reason) {
      ends.add(reason);
    }
  }

  /** One client; confined to its loop. Stops reading while much is still to be sent back. */
  private static final class Echo implements Inbound, Outbound {
    private static final int PAUSE_BYTES = 256 << 10;

    private final Connection connection;
    private final ArrayDeque<ByteBuffer> frames = new ArrayDeque<>();
    private int waitingBytes;
    private int taken;
    private boolean paused;

    private Echo(Connection connection) {
      this.connection = connection;
    }

    @Override
    public String clientId() {
      return "echo";
    }

    @Override
    public Outbound outbound() {
      return this;
    }

    @Override
    public void text(byte[] utf8) {
      add(connection.wireForm().encodeQuickly(utf8));
    }

    @Override
    public boolean binary(byte[] bytes) {
      add(((FrameForm) connection.wireForm()).encodeBinary(bytes));
      return true;
    }

    private void add(byte[] frame) {
      frames.add(ByteBuffer.wrap(frame));
      waitingBytes += frame.length;
      if (!paused && waitingBytes > PAUSE_BYTES) {
        paused = true;
        connection.setReadEnabled(false);
      }
      connection.requestFlush();
    }

    @Override
    public int take(ByteBuffer into) {
      int skip = taken;
      int start = into.position();
      for (ByteBuffer frame : frames) {
        ByteBuffer rest = frame.duplicate();
        int skipped = Math.min(skip, rest.remaining());
        rest.position(rest.position() + skipped);
        skip -= skipped;
        rest.limit(rest.position() + Math.min(rest.remaining(), into.remaining()));
        into.put(rest);
        if (!into.hasRemaining()) {
          break;
        }
      }
      taken += into.position() - start;
      return into.position() - start;
    }

    @Override
    public ByteBuffer takeFrame() {
      throw new UnsupportedOperationException("this transport takes bytes");
    }

    @Override
    public void accepted(int bytes) {
      taken = 0;
      waitingBytes -= bytes;
      for (int left = bytes; left > 0; ) {
        ByteBuffer frame = frames.element();
        int count = Math.min(left, frame.remaining());
        frame.position(frame.position() + count);
        left -= count;
        if (!frame.hasRemaining()) {
          frames.remove();
        }
      }
      if (paused && waitingBytes <= PAUSE_BYTES / 2) {
        paused = false;
        connection.setReadEnabled(true);
      }
    }

    @Override
    public int unfinished() {
      ByteBuffer first = frames.peek();
      return first == null || first.position() == 0 ? 0 : first.remaining();
    }

    @Override
    public void seal() {}

    @Override
    public boolean isEmpty() {
      return frames.isEmpty();
    }
  }
}
