package io.github.signalhub.benchmarks;

import io.github.signalhub.jdkserver.internal.link.FrameForm;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One client of the echo. Each message of the client becomes a frame that waits for it. The link
 * stops reading while more than {@value #MAX_WAITING_BYTES} bytes wait. So a client that does not
 * read holds at most that limit and one message. Confined to the loop.
 */
final class EchoLink implements Inbound, Outbound {
  static final int MAX_WAITING_BYTES = 1 << 20;

  private final Connection connection;
  private final FrameForm form;
  private final Deque<ByteBuffer> frames = new ArrayDeque<>();
  private long waitingBytes;
  private int taken;
  private boolean paused;
  private boolean sealed;

  EchoLink(Connection connection) {
    this.connection = connection;
    this.form = (FrameForm) connection.wireForm();
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
    send(form.encode(utf8)); // long ones, too: an echo serves few clients
  }

  @Override
  public boolean binary(byte[] bytes) {
    send(form.binary().encode(bytes));
    return true;
  }

  private void send(byte[] frame) {
    if (sealed) {
      return;
    }
    frames.add(ByteBuffer.wrap(frame));
    waitingBytes += frame.length;
    if (!paused && waitingBytes > MAX_WAITING_BYTES) {
      paused = true;
      connection.setReadEnabled(false);
    }
    connection.requestFlush();
  }

  @Override
  public int take(ByteBuffer into) {
    int start = into.position();
    int skip = taken;
    for (ByteBuffer frame : frames) {
      int skipped = Math.min(skip, frame.remaining());
      skip -= skipped;
      int count = Math.min(frame.remaining() - skipped, into.remaining());
      into.put(into.position(), frame, frame.position() + skipped, count);
      into.position(into.position() + count);
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
  public boolean accepted(int bytes) {
    if (bytes < 0 || bytes > taken) {
      throw new IllegalArgumentException("expected 0 to " + taken + " bytes, was " + bytes);
    }
    taken = 0;
    waitingBytes -= bytes;
    int left = bytes;
    while (left > 0) {
      ByteBuffer frame = frames.element();
      int count = Math.min(left, frame.remaining());
      frame.position(frame.position() + count);
      left -= count;
      if (!frame.hasRemaining()) {
        frames.remove();
      }
    }
    if (paused && waitingBytes <= MAX_WAITING_BYTES / 2) {
      paused = false;
      connection.setReadEnabled(true);
    }
    return !frames.isEmpty();
  }

  @Override
  public int unfinished() {
    ByteBuffer first = frames.peek();
    return first == null || first.position() == 0 ? 0 : first.remaining();
  }

  @Override
  public void seal() {
    sealed = true;
  }

  @Override
  public boolean isEmpty() {
    return frames.isEmpty();
  }
}
