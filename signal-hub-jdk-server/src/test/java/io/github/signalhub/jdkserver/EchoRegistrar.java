package io.github.signalhub.jdkserver;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.internal.link.FrameForm;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import io.github.signalhub.spi.Registrar;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A fake hub that sends every message back to its sender at once, on the loop. */
final class EchoRegistrar implements Registrar {
  private final BlockingQueue<DisconnectReason> ends = new LinkedBlockingQueue<>();
  private final int maxMessageBytes;

  EchoRegistrar(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  @Override
  public int maxClientMessageBytes() {
    return maxMessageBytes;
  }

  /** Waits for the next client to end, and returns the reason. */
  DisconnectReason end() throws InterruptedException {
    return ends.poll(30, TimeUnit.SECONDS);
  }

  @Override
  public Inbound register(Connection connection, Handshake handshake) {
    return new Echo(connection);
  }

  @Override
  public void unregister(Inbound inbound, DisconnectReason reason) {
    ends.add(reason);
  }

  /** One client. It stops reading while many bytes wait. Confined to its loop. */
  private static final class Echo extends FrameQueue implements Inbound {
    private static final int PAUSE_BYTES = 256 << 10;

    private final Connection connection;
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
      send(connection.wireForm().encodeQuickly(utf8));
    }

    @Override
    public boolean binary(byte[] bytes) {
      send(((FrameForm) connection.wireForm()).binary().encodeQuickly(bytes));
      return true;
    }

    @Override
    public boolean accepted(int bytes) {
      boolean more = super.accepted(bytes);
      if (paused && waitingBytes() <= PAUSE_BYTES / 2) {
        paused = false;
        connection.setReadEnabled(true);
      }
      return more;
    }

    private void send(byte[] frame) {
      add(frame);
      if (!paused && waitingBytes() > PAUSE_BYTES) {
        paused = true;
        connection.setReadEnabled(false);
      }
      connection.requestFlush();
    }
  }
}
