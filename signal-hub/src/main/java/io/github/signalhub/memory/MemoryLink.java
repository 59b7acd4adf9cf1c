package io.github.signalhub.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Link;
import io.github.signalhub.spi.LinkTimeouts;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.PlatformConnection;
import io.github.signalhub.spi.Registrar;
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
  private final Link link;
  private final ByteBuffer buffer;
  private final FrameReader frames = new FrameReader();
  private final List<String> received = new ArrayList<>();
  private final List<Unread> unread = new ArrayList<>();
  private volatile String clientId;
  private ByteBuffer frame;
  private long readable;
  private long writes;
  private DisconnectReason goodbye; // to be read by the client
  private DisconnectReason closed;

  MemoryLink(
      ManualLoop loop, Registrar registrar, LinkOptions options, Consumer<MemoryLink> onEnd) {
    this.loop = loop;
    this.registrar = registrar;
    this.options = options;
    this.onEnd = onEnd;
    link = new Link(loop, options.wireForm(), LinkTimeouts.NONE, new Side());
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
    return clientId;
  }

  /** Returns in how many writes everything so far arrived. */
  public synchronized long writes() {
    return writes;
  }

  /** Returns why the link ended; empty while it is open or being closed. */
  public synchronized Optional<DisconnectReason> closeReason() {
    return Optional.ofNullable(closed);
  }

  /** Returns whether the hub reads from this client now. */
  public boolean isReadEnabled() {
    return link.isReadEnabled();
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
   * Reads this many more bytes and then none. A frame may be split at the end. Each has 4 bytes
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
    return link.unfinished() > 0;
  }

  /** Sends a text; while the hub does not read, it waits. Ignored once the link is closed. */
  public void send(String text) {
    send(new Unread(true, Objects.requireNonNull(text, "text").getBytes(UTF_8)));
  }

  /** Sends a binary message, in order with the texts. Ignored once the link is closed. */
  public void sendBinary(byte[] bytes) {
    send(new Unread(false, Objects.requireNonNull(bytes, "bytes").clone()));
  }

  private void send(Unread message) {
    loop.call(
        () -> {
          unread.add(message);
          deliver();
        });
  }

  /** Closes the link as a peer that says goodbye. */
  public void close(DisconnectReason reason) {
    end(Objects.requireNonNull(reason, "reason"));
  }

  /** Cuts the link: the hub learns of it, and nothing more arrives. */
  public void cut() {
    end(DisconnectReason.ABNORMAL);
  }

  void open(Handshake handshake) {
    loop.call(
        () -> {
          if (link.hasEnded()) {
            throw new IllegalStateException("the transport is stopped");
          }
          link.register(registrar, handshake);
          clientId = link.clientId();
        });
  }

  /** Cuts the link if the hub has begun to end it. */
  void expireClosing() {
    if (link.isClosing()) {
      cut();
    }
  }

  private void end(DisconnectReason reason) {
    loop.call(() -> endNow(reason));
  }

  private void endNow(DisconnectReason reason) {
    synchronized (this) {
      if (closed != null) {
        return;
      }
      closed = reason;
    }
    onEnd.accept(this);
    link.closed(reason);
    options.listener().ifPresent(listener -> listener.ended(reason));
  }

  private void deliver() {
    while (link.takesMessages() && link.isReadEnabled() && !unread.isEmpty()) {
      Unread next = unread.remove(0);
      if (next.isText) {
        link.text(next.bytes);
      } else {
        link.binary(next.bytes);
      }
    }
  }

  private void flush() {
    if (readable > 0 || options.takesAhead()) {
      if (options.wholeFrames()) {
        flushFrames();
      } else {
        flushBytes();
      }
    }
    if (goodbye != null && readable > 0) {
      endNow(goodbye);
    }
  }

  /**
   * Takes what the link shares with others, or else as much as fits, in two portions. Accepts as
   * much as may be read, and no more at once than fits.
   */
  private void flushBytes() {
    boolean full = false;
    while (!full) {
      ByteBuffer run = link.takeRun();
      if (run != null) {
        int length = run.remaining();
        int accepted = (int) Math.min(Math.min(length, buffer.capacity()), readable);
        receive(run.limit(accepted));
        link.accepted(accepted);
        full = accepted == readable && accepted < length;
        continue;
      }
      int taken = link.take(buffer.clear().limit(buffer.capacity() / 2));
      taken += link.take(buffer.limit(buffer.capacity()));
      if (taken == 0) {
        return;
      }
      int accepted = (int) Math.min(taken, readable);
      receive(buffer.flip().limit(accepted));
      link.accepted(accepted);
      full = accepted < taken;
    }
  }

  private void flushFrames() {
    while (true) {
      frame = frame == null ? link.takeFrame() : frame;
      int accepted = frame == null ? 0 : (int) Math.min(frame.remaining(), readable);
      if (accepted == 0) {
        return;
      }
      receive(frame.slice(frame.position(), accepted));
      frame.position(frame.position() + accepted);
      link.accepted(accepted);
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

  /** A message that the hub has not read. */
  private record Unread(boolean isText, byte[] bytes) {}

  /** This connection, as the link drives it. */
  private final class Side implements PlatformConnection {
    @Override
    public void flush() {
      MemoryLink.this.flush();
    }

    @Override
    public void setReadEnabled(boolean enabled) {
      deliver();
    }

    @Override
    public void closing() {
      options.listener().ifPresent(LinkOptions.Listener::closing);
    }

    @Override
    public void sendClose(DisconnectReason reason) {
      goodbye = reason;
      link.closeSent();
      if (readable > 0) {
        endNow(reason);
      }
    }

    @Override
    public void cut() {
      endNow(DisconnectReason.ABNORMAL);
    }
  }
}
