package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/**
 * The socket of one client, with or without TLS. It blocks, for at most 10 seconds, until {@link
 * #unblock}. Confined to the thread of its {@link Load}.
 */
final class LoadSocket {
  private static final int BLOCKING_MILLIS = 10_000;

  /** Shared by all clients: its content is gone when a call returns. */
  private static final ThreadLocal<ByteBuffer> RECORDS =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(1 << 17));

  private static final byte[] NO_BYTES = {};
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  final SocketChannel channel;
  private final SSLEngine engine; // null without TLS
  private byte[] rest = NO_BYTES; // of an unfinished record
  private boolean ended;

  /** Connects, and completes the handshake of TLS. */
  LoadSocket(Dial dial) throws IOException {
    channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), dial.port()));
    engine = dial.tls().map(LoadSocket::engine).orElse(null);
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.socket().setSoTimeout(BLOCKING_MILLIS);
      if (engine != null) {
        engine.beginHandshake();
        shakeHands();
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static SSLEngine engine(SSLContext context) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    return engine;
  }

  /** From now on, reads and writes do not wait. */
  void unblock() throws IOException {
    channel.configureBlocking(false);
  }

  /**
   * Reads what there is.
   *
   * @param into must have room for 128 KiB if this socket has TLS
   * @return how many bytes came, −1 at the end
   */
  int read(ByteBuffer into) throws IOException {
    return engine == null ? receive(into) : decrypt(into);
  }

  /**
   * Writes as much as the socket takes. With TLS it takes everything, or the call fails.
   *
   * @throws IOException if a socket with TLS is full
   */
  void write(ByteBuffer from) throws IOException {
    if (engine == null) {
      channel.write(from);
      return;
    }
    ByteBuffer records = RECORDS.get();
    while (from.hasRemaining()) {
      engine.wrap(from, records.clear());
      send(records.flip());
    }
  }

  private void send(ByteBuffer records) throws IOException {
    channel.write(records);
    if (records.hasRemaining()) {
      throw new IOException("expected room for a record in the client's socket");
    }
  }

  private int receive(ByteBuffer into) throws IOException {
    if (!channel.isBlocking()) {
      return channel.read(into);
    }
    InputStream in = channel.socket().getInputStream(); // unlike the channel, it has a timeout
    byte[] bytes = new byte[Math.min(into.remaining(), 4_096)];
    int count = in.read(bytes);
    into.put(bytes, 0, Math.max(0, count));
    return count;
  }

  private int decrypt(ByteBuffer into) throws IOException {
    int before = into.position();
    do {
      ByteBuffer records = RECORDS.get().clear().put(rest);
      ended |= receive(records) < 0;
      records.flip();
      Status status = Status.OK;
      while (status == Status.OK && records.hasRemaining()) {
        SSLEngineResult result = engine.unwrap(records, into);
        status = result.getStatus();
        runTasks();
      }
      if (status == Status.BUFFER_OVERFLOW) {
        throw new IOException("expected room for what a client received");
      }
      ended |= status == Status.CLOSED;
      keep(records);
    } while (channel.isBlocking() && into.position() == before && !ended);
    return ended && into.position() == before ? -1 : into.position() - before;
  }

  private void shakeHands() throws IOException {
    ByteBuffer nothing = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    HandshakeStatus next = engine.getHandshakeStatus();
    while (next != HandshakeStatus.FINISHED && next != HandshakeStatus.NOT_HANDSHAKING) {
      switch (next) {
        case NEED_WRAP -> {
          ByteBuffer records = RECORDS.get().clear();
          next = engine.wrap(NOTHING, records).getHandshakeStatus();
          send(records.flip());
        }
        case NEED_TASK -> {
          runTasks();
          next = engine.getHandshakeStatus();
        }
        default -> next = unwrapHandshake(nothing);
      }
    }
  }

  private HandshakeStatus unwrapHandshake(ByteBuffer nothing) throws IOException {
    ByteBuffer records = RECORDS.get().clear().put(rest);
    SSLEngineResult result = engine.unwrap(records.flip(), nothing);
    if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
      records.compact();
      if (receive(records) < 0) {
        throw new ProtocolException("expected a handshake of TLS, was the end of the connection");
      }
      result = engine.unwrap(records.flip(), nothing);
    }
    keep(records);
    return result.getStatus() == Status.BUFFER_UNDERFLOW
        ? HandshakeStatus.NEED_UNWRAP
        : result.getHandshakeStatus();
  }

  private void keep(ByteBuffer records) {
    rest = records.hasRemaining() ? new byte[records.remaining()] : NO_BYTES;
    records.get(rest);
  }

  private void runTasks() {
    Runnable task;
    while ((task = engine.getDelegatedTask()) != null) {
      task.run();
    }
  }
}
