package io.github.signalhub.jdkserver;

import io.github.signalhub.jdkserver.internal.net.FrameForm;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import io.github.signalhub.spi.Registrar;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** In place of a hub: sends every message back to whoever sent it. For tests that read along. */
final class EchoRegistrar implements Registrar {
  @Override
  public Inbound register(Connection connection, Handshake handshake) {
    return new Link(connection);
  }

  @Override
  public void unregister(Inbound inbound, CloseReason reason) {}

  /** What waits counts as one frame, once its first byte is accepted. */
  private static final class Link implements Inbound, Outbound {
    private final Connection connection;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private int accepted;
    private int taken;

    private Link(Connection connection) {
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
      waiting.writeBytes(connection.wireForm().encodeQuickly(utf8));
      connection.requestFlush();
    }

    @Override
    public boolean binary(byte[] bytes) {
      waiting.writeBytes(((FrameForm) connection.wireForm()).encodeBinary(bytes));
      connection.requestFlush();
      return true;
    }

    @Override
    public int take(ByteBuffer into) {
      int from = accepted + taken;
      int count = Math.min(into.remaining(), waiting.size() - from);
      into.put(waiting.toByteArray(), from, count);
      taken += count;
      return count;
    }

    @Override
    public ByteBuffer takeFrame() {
      throw new UnsupportedOperationException("not for transports that take bytes");
    }

    @Override
    public void accepted(int bytes) {
      accepted += bytes;
      taken = 0;
      if (accepted == waiting.size()) {
        waiting.reset();
        accepted = 0;
      }
    }

    @Override
    public int unfinished() {
      return accepted == 0 ? 0 : waiting.size() - accepted;
    }

    @Override
    public void seal() {}

    @Override
    public boolean isEmpty() {
      return waiting.size() == 0;
    }
  }
}
