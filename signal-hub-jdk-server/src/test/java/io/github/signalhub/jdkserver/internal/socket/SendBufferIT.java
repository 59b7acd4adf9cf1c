package io.github.signalhub.jdkserver.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The send buffer of a socket, as Linux reports it. On other systems it counts as empty. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class SendBufferIT {
  private static final int LIMIT = 64 << 10;

  private final Socket peer = new Socket();
  private Selector probe;
  private SocketChannel channel;
  private SendBuffer buffer;

  @BeforeEach
  void connect() throws IOException {
    probe = Selector.open();
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      peer.setReceiveBufferSize(16 << 10);
      peer.connect(server.getLocalAddress());
      channel = server.accept();
    }
    channel.configureBlocking(false);
    SendBuffer.limit(channel, LIMIT);
    buffer = new SendBuffer(channel, probe, LIMIT);
  }

  @AfterEach
  void close() throws IOException {
    peer.close();
    channel.close();
    probe.close();
  }

  @Test
  void nothingWrittenIsNothingQueued() throws IOException {
    assertThat(buffer.queuedBytes()).isZero();
    assertThat(buffer.isEmpty()).isTrue();
  }

  @Test
  void aPeerThatDoesNotReadFillsTheLimitAndNoMore() throws IOException {
    long written = fill();

    assertThat(buffer.queuedBytes()).isBetween(LIMIT, 3 * LIMIT);
    assertThat(buffer.isEmpty()).isFalse();
    assertThat(written).isLessThan(4 * LIMIT);
  }

  @Test
  void whatThePeerReadsIsSeenLongBeforeTheSocketIsWritable() throws IOException {
    fill();
    int before = buffer.queuedBytes();

    InputStream in = peer.getInputStream();
    int read = 0;
    while (buffer.queuedBytes() > before - SendBuffer.PRECISION_BYTES) {
      read += in.readNBytes(1024).length;
    }

    assertThat(read).isLessThan(before / 3);
  }

  @Test
  void aBufferIsEmptyWhenThePeerHasReadAll() throws IOException {
    long left = fill();
    while (left > 0) {
      left -= peer.getInputStream().readNBytes((int) Math.min(left, 8192)).length;
    }

    while (!buffer.isEmpty()) {
      Thread.onSpinWait(); // the last acknowledgement is on its way
    }
    assertThat(buffer.queuedBytes()).isZero();
  }

  @Test
  void aLookLeavesTheLimitAndTheProbeAsTheyWere() throws IOException {
    int limit = channel.getOption(StandardSocketOptions.SO_SNDBUF);

    fill();
    buffer.queuedBytes();

    assertThat(channel.getOption(StandardSocketOptions.SO_SNDBUF)).isEqualTo(limit);
    assertThat(probe.keys()).isEmpty();
    assertThat(channel.keyFor(probe)).isNull();
  }

  private long fill() throws IOException {
    ByteBuffer some = ByteBuffer.allocate(8192);
    long written = 0;
    int count;
    while ((count = channel.write(some.clear())) > 0) {
      written += count;
    }
    return written;
  }
}
