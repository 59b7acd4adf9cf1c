package io.github.signalhub.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.model.SteppedTransport.SteppedLoop;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;

/** One link. Frames are a length of four bytes and the text. Not thread-safe. */
final class SteppedLink implements Connection {
  /** What happens on the way to the client. */
  interface Observer {
    void received(String text);

    void sealed();

    void ended(CloseReason reason);
  }

  private final SteppedTransport transport;
  private final SteppedLoop loop;
  private final WireForm form;
  private final Observer observer;
  private final ByteBuffer buffer;
  private final boolean wholeFrames;
  private final boolean eager;
  private final ByteBuffer partial = ByteBuffer.allocate(1 << 14);
  private Inbound inbound;
  private ByteBuffer frame;
  private long readable;
  private CloseReason closing;
  private boolean aborting;
  private boolean ended;

  SteppedLink(
      SteppedTransport transport,
      SteppedLoop loop,
      WireForm form,
      Observer observer,
      Setup setup,
      boolean wholeFrames,
      long readable) {
    this.transport = transport;
    this.loop = loop;
    this.form = form;
    this.observer = observer;
    this.buffer = ByteBuffer.allocate(setup.bufferBytes());
    this.eager = setup.eager();
    this.wholeFrames = wholeFrames;
    this.readable = readable;
  }

  void open(Handshake handshake) {
    transport.links.add(this);
    loop.call(
        () -> {
          inbound = transport.registrar.register(this, handshake);
          flush();
        });
  }

  String clientId() {
    return inbound.clientId();
  }

  boolean isOpen() {
    return !ended;
  }

  boolean isClosing() {
    return closing != null && !ended;
  }

  /** Returns whether a frame is half accepted, or taken as a whole. */
  boolean isInsideFrame() {
    return inbound.outbound().unfinished() > 0;
  }

  void read(long bytes) {
    readable = bytes;
    loop.call(this::flush);
  }

  void end(CloseReason reason) {
    if (!ended) {
      ended = true;
      transport.links.remove(this);
      loop.call(() -> transport.registrar.unregister(inbound, reason));
      observer.ended(reason);
    }
  }

  private void flush() {
    if (inbound == null || ended || readable == 0 && !eager) {
      return;
    }
    Outbound outbound = inbound.outbound();
    if (wholeFrames) {
      flushFrames(outbound);
    } else {
      flushBytes(outbound);
    }
    boolean done =
        aborting ? outbound.unfinished() == 0 : outbound.isEmpty() && outbound.unfinished() == 0;
    if (closing != null && done && readable > 0) {
      end(closing);
    }
  }

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
      check(
          outbound.unfinished() > 0 == partial.position() > 0,
          "a frame is kept if it is half sent");
    }
  }

  private void flushFrames(Outbound outbound) {
    while (true) {
      if (frame == null) {
        frame = aborting ? null : outbound.takeFrame();
      }
      if (frame == null) {
        return;
      }
      int accepted = (int) Math.min(frame.remaining(), readable);
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
    readable -= readable == Long.MAX_VALUE ? 0 : bytes.remaining();
    while (bytes.hasRemaining()) {
      partial.put(bytes.get());
      if (partial.position() >= 4) {
        int length = partial.getInt(0);
        check(length > 0 && length <= partial.capacity() - 4, "frames are whole");
        if (partial.position() == 4 + length) {
          String text = UTF_8.decode(partial.flip().position(4)).toString();
          partial.clear();
          observer.received(text);
        }
      }
    }
  }

  @Override
  public SteppedLoop loop() {
    return loop;
  }

  @Override
  public WireForm wireForm() {
    return form;
  }

  @Override
  public void requestFlush() {
    onLoop(this::flush);
  }

  @Override
  public void setReadEnabled(boolean enabled) {}

  @Override
  public void close(CloseReason reason) {
    onLoop(() -> startClosing(reason, false));
  }

  @Override
  public void abort(CloseReason reason) {
    onLoop(() -> startClosing(reason, true));
  }

  private void startClosing(CloseReason reason, boolean abort) {
    if (ended || closing != null && (aborting || !abort)) {
      return;
    }
    closing = reason;
    aborting = abort;
    observer.sealed();
    inbound.outbound().seal();
    flush();
  }

  private void onLoop(Runnable task) {
    if (loop.inLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new Violation(rule);
    }
  }
}
