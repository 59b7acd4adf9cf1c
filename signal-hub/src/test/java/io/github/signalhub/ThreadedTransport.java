package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A transport with a thread per loop. Its peers read at once, and check every frame. */
final class ThreadedTransport implements Transport {
  /** Receives the messages of a peer. */
  interface Reading {
    /** Takes one message's JSON text. The caller keeps the array. Called on the peer's loop. */
    void text(byte[] bytes, int from, int length);
  }

  private static final WireForm FRAMES =
      json -> ByteBuffer.allocate(4 + json.length).putInt(json.length).put(json).array();

  private final List<ThreadLoop> loops = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private Registrar registrar;

  ThreadedTransport(int loops) {
    for (int i = 0; i < loops; i++) {
      this.loops.add(new ThreadLoop());
    }
  }

  @Override
  public String name() {
    return "threaded";
  }

  @Override
  public void start(Registrar registrar) {
    this.registrar = registrar;
  }

  @Override
  public void stopAccepting(Duration retryAfter) {}

  @Override
  public Optional<Duration> retryAfter() {
    return Optional.empty();
  }

  @Override
  public void stop() {
    loops.forEach(loop -> loop.executor.shutdown());
  }

  /** Connects a peer and waits until it is registered; {@code null} if the hub is closed. */
  CheckingPeer connect(Handshake handshake) {
    return connect(handshake, (bytes, from, length) -> {});
  }

  /** Connects a peer that passes its messages to a reader, instead of checking their order. */
  CheckingPeer connect(Handshake handshake, Reading reading) {
    ThreadLoop loop = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
    CheckingPeer peer = new CheckingPeer(loop, reading);
    CompletableFuture<Boolean> registered = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            peer.inbound = registrar.register(peer, handshake);
            peer.requestFlush();
            registered.complete(true);
          } catch (IllegalStateException e) {
            registered.complete(false);
          } catch (RuntimeException | Error e) {
            registered.completeExceptionally(e);
            throw e;
          }
        });
    return registered.join() ? peer : null;
  }

  /** One connection and its far end. */
  final class CheckingPeer implements Connection {
    private final ThreadLoop loop;
    private Inbound inbound;
    private DisconnectReason closing;
    private final Reading reading;
    private volatile boolean stalled;
    volatile boolean readEnabled = true;
    volatile long lastOffset;
    volatile long received;
    volatile boolean disordered;
    volatile DisconnectReason closed;

    CheckingPeer(ThreadLoop loop, Reading reading) {
      this.loop = loop;
      this.reading = reading;
    }

    String id() {
      return inbound.clientId();
    }

    Future<?> cut() {
      return loop.executor.submit(() -> end(DisconnectReason.ABNORMAL));
    }

    /** Stops reading, or resumes it. */
    void stall(boolean stalled) {
      this.stalled = stalled;
      if (!stalled) {
        requestFlush();
      }
    }

    /** Sends a message to the hub, if the connection is open and the hub reads. */
    void say(Supplier<byte[]> utf8) {
      onLoop(
          () -> {
            if (closed == null && readEnabled) {
              inbound.text(utf8.get());
            }
          });
    }

    @Override
    public Loop loop() {
      return loop;
    }

    @Override
    public WireForm wireForm() {
      return FRAMES;
    }

    @Override
    public void requestFlush() {
      if (!loop.inLoop()) {
        onLoop(this::requestFlush);
        return;
      }
      if (inbound == null || closed != null || stalled) {
        return;
      }
      ByteBuffer buffer = loop.buffer;
      for (int taken = inbound.outbound().take(buffer.clear());
          taken > 0;
          taken = inbound.outbound().take(buffer.clear())) {
        inbound.outbound().accepted(check(buffer.flip()));
      }
      if (closing != null && inbound.outbound().isEmpty()) {
        end(closing);
      }
    }

    /** Checks all whole frames and returns their bytes. The link accepts no partial frame. */
    private int check(ByteBuffer frames) {
      long last = lastOffset;
      int count = 0;
      while (frames.remaining() >= 4
          && frames.remaining() >= 4 + frames.getInt(frames.position())) {
        int length = frames.getInt();
        reading.text(frames.array(), frames.position(), length);
        frames.position(frames.position() + length);
        long offset = 0;
        for (int i = frames.position() - 18; i < frames.position() - 2; i++) {
          offset = offset * 10 + frames.get(i) - '0';
        }
        disordered |= offset <= last;
        last = offset;
        count++;
      }
      received += count;
      lastOffset = last;
      return frames.position();
    }

    @Override
    public void setReadEnabled(boolean enabled) {
      readEnabled = enabled;
    }

    @Override
    public void close(DisconnectReason reason) {
      onLoop(
          () -> {
            if (closing == null && inbound != null && closed == null) {
              closing = reason;
              inbound.outbound().seal();
              requestFlush();
            }
          });
    }

    @Override
    public void abort(DisconnectReason reason) {
      onLoop(() -> end(reason));
    }

    private void onLoop(Runnable task) {
      loop.execute(task);
    }

    private void end(DisconnectReason reason) {
      if (closed == null) {
        closed = reason;
        registrar.unregister(inbound, reason);
      }
    }
  }

  private static final class ThreadLoop implements Loop {
    final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private volatile Thread thread;
    final ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              thread = new Thread(task, "loop");
              thread.setDaemon(true);
              return thread;
            });

    @Override
    public void execute(Runnable task) {
      try {
        executor.execute(task);
      } catch (RejectedExecutionException e) {
        // the loop has ended, and its connections with it
      }
    }

    @Override
    public boolean inLoop() {
      return Thread.currentThread() == thread;
    }
  }
}
