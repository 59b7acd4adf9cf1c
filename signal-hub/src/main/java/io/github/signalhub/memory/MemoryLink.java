package io.github.signalhub.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.Outbound;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The client's end of a link of a {@link MemoryTransport}. It reads everything unless told to
 * {@link #stall}. Thread-safe.
 */
public final class MemoryLink {
  private static final long UNLIMITED = Long.MAX_VALUE;

  private final ManualLoop loop;
  private final Registrar registrar;
  private final LinkOptions options;
  private final Consumer<MemoryLink> onEnd;
  private final Connection connection = new Side();
  private final ByteBuffer buffer;
  private final FrameReader frames = new FrameReader();
  private final List<String> received = new ArrayList<>();
  private final List<Unread> unread = new ArrayList<>();
  private volatile Inbound inbound;
  private ByteBuffer frame;
  private long readable;
  private long writes;
  private boolean readEnabled = true;
  private CloseReason closing;
  private boolean aborting;
  private CloseReason closed;

  MemoryLink(
      ManualLoop loop, Registrar registrar, LinkOptions options, Consumer<MemoryLink> onEnd) {
    this.loop = loop;
    this.registrar = registrar;
    this.options = options;
    this.onEnd = onEnd;
    buffer = ByteBuffer.allocate(options.bufferBytes());
    readable = options.readableBytes();
  }

  /**
   * Returns the texts that arrived so far, oldest first; a snapshot. Empty if a {@linkplain
   * LinkOptions#listener() listener} takes them.
   */
  public synchronized List<String> received() {
    return List.copyOf(received);
  }

  /** Returns the loop that the link lives on. */
  public Loop loop() {
    return loop;
  }

  /** Returns the id that the hub gave this client. */
  public String clientId() {
    return inbound.clientId();
  }

  /** Returns in how many writes everything so far arrived. */
  public synchronized long writes() {
    return writes;
  }

  /** Returns why the link ended; empty while it is open or being closed. */
  public synchronized Optional<CloseReason> closeReason() {
    return Optional.ofNullable(closed);
  }

  /** Returns whether the hub reads from this client now. */
  public synchronized boolean isReadEnabled() {
    return readEnabled;
  }

  /** Reads no more bytes until {@link #resume}. */
  public void stall() {
    read(0);
  }

  /** Reads everything again. */
  public void resume() {
    read(UNLIMITED);
  }

  /**
   * Reads so many bytes more and then none. Frames are split wherever that ends; each has 4 bytes
   * more than its text.
   */
  public void read(long bytes) {
    loop.call(
        () -> {
          synchronized (this) {
            readable = bytes;
          }
          flush();
        });
  }

  /** Returns whether of a frame some bytes were read and others were not. */
  public boolean isInsideFrame() {
    return inbound.outbound().unfinished() > 0;
  }

  /** Sends a text; while the hub does not read, it waits. Ignored once the link is closed. */
  public void send(String text) {
    byte[] utf8 = Objects.requireNonNull(text, "text").getBytes(UTF_8);
    loop.call(
        () -> {
          synchronized (this) {
            unread.add(new Unread(true, utf8));
          }
          deliver();
        });
  }

  /** Sends a binary message, in order with the texts. Ignored once the link is closed. */
  public void sendBinary(byte[] bytes) {
    byte[] copy = Objects.requireNonNull(bytes, "bytes").clone();
    loop.call(
        () -> {
          synchronized (this) {
            unread.add(new Unread(false, copy));
          }
          deliver();
        });
  }

  /** Closes the link as a peer that says goodbye. */
  public void close(CloseReason reason) {
    cut(Objects.requireNonNull(reason, "reason"));
  }

  /** Cuts the link: the hub learns of it, and nothing more arrives. */
  public void cut() {
    cut(CloseReason.ABNORMAL);
  }

  void cut(CloseReason reason) {
    loop.call(() -> end(reason));
  }

  void open(Handshake handshake) {
    loop.call(
        () -> {
          if (closeReason().isPresent()) {
            throw new IllegalStateException("the transport is stopped");
          }
          inbound = registrar.register(connection, handshake);
          closeReason().ifPresent(reason -> registrar.unregister(inbound, reason));
          if (isClosing()) {
            inbound.outbound().seal();
          }
          flush();
        });
  }

  synchronized boolean isClosing() {
    return closing != null && closed == null;
  }

  private synchronized boolean isOpen() {
    return closing == null && closed == null;
  }

  private void deliver() {
    while (true) {
      Unread next;
      synchronized (this) {
        if (!isOpen() || !readEnabled || unread.isEmpty()) {
          return;
        }
        next = unread.remove(0);
      }
      if (next.isText) {
        inbound.text(next.bytes);
      } else if (!inbound.binary(next.bytes)) {
        connection.abort(CloseReason.UNSUPPORTED_DATA);
      }
    }
  }

  private void flush() {
    if (inbound == null || closeReason().isPresent()) {
      return;
    }
    Outbound outbound = inbound.outbound();
    if (readable > 0 || options.takesAhead()) {
      if (options.wholeFrames()) {
        flushFrames(outbound);
      } else {
        flushBytes(outbound);
      }
    }
    boolean done =
        aborting ? outbound.unfinished() == 0 : outbound.isEmpty() && outbound.unfinished() == 0;
    if (isClosing() && done && readable > 0) {
      end(closing);
    }
  }

  /** Takes as much as fits, in two portions, and accepts as much as may be read. */
  private void flushBytes(Outbound outbound) {
    boolean full = false;
    while (!full) {
      int limit = aborting ? Math.min(buffer.capacity(), outbound.unfinished()) : buffer.capacity();
      int taken = outbound.take(buffer.clear().limit(limit / 2));
      taken += outbound.take(buffer.limit(limit));
      if (taken == 0) {
        return;
      }
      int accepted = (int) Math.min(taken, readable);
      receive(buffer.flip().limit(accepted));
      outbound.accepted(accepted);
      full = accepted < taken;
    }
  }

  private void flushFrames(Outbound outbound) {
    while (true) {
      if (frame == null && !(aborting && outbound.unfinished() == 0)) {
        frame = outbound.takeFrame();
      }
      int accepted = frame == null ? 0 : (int) Math.min(frame.remaining(), readable);
      if (accepted == 0) {
        return;
      }
      receive(frame.slice(frame.position(), accepted));
      frame.position(frame.position() + accepted);
      outbound.accepted(accepted);
      frame = frame.hasRemaining() ? frame : null;
    }
  }

  private void receive(ByteBuffer bytes) {
    List<String> whole;
    synchronized (this) {
      writes += bytes.hasRemaining() ? 1 : 0;
      readable -= readable == UNLIMITED ? 0 : bytes.remaining();
      whole = frames.read(bytes);
      if (options.listener().isEmpty()) {
        received.addAll(whole);
      }
    }
    options.listener().ifPresent(listener -> whole.forEach(listener::text));
  }

  private void end(CloseReason reason) {
    synchronized (this) {
      if (closed != null) {
        return;
      }
      closed = reason;
    }
    onEnd.accept(this);
    if (inbound != null) { // else it was ended while it was being registered, and open() goes on
      registrar.unregister(inbound, reason);
    }
    options.listener().ifPresent(listener -> listener.ended(reason));
  }

  /** A message that the hub has not read. */
  private record Unread(boolean isText, byte[] bytes) {}

  /** The hub's side of the link. */
  private final class Side implements Connection {
    @Override
    public Loop loop() {
      return loop;
    }

    @Override
    public WireForm wireForm() {
      return options.wireForm();
    }

    @Override
    public void requestFlush() {
      onLoop(MemoryLink.this::flush);
    }

    @Override
    public void setReadEnabled(boolean enabled) {
      synchronized (MemoryLink.this) {
        readEnabled = enabled;
      }
      if (enabled) {
        loop.execute(MemoryLink.this::deliver);
      }
    }

    @Override
    public void close(CloseReason reason) {
      onLoop(() -> startClosing(reason, false));
    }

    @Override
    public void abort(CloseReason reason) {
      onLoop(() -> startClosing(reason, true));
    }

    private void startClosing(CloseReason reason, boolean abort) {
      synchronized (MemoryLink.this) {
        if (closed != null || closing != null && (aborting || !abort)) {
          return;
        }
        closing = reason;
        aborting = abort;
      }
      options.listener().ifPresent(LinkOptions.Listener::closing);
      if (inbound != null) { // else it was closed while it was being registered, and open() goes on
        inbound.outbound().seal();
        flush();
      }
    }

    private void onLoop(Runnable task) {
      if (loop.inLoop()) {
        task.run();
      } else {
        loop.execute(task);
      }
    }
  }
}
