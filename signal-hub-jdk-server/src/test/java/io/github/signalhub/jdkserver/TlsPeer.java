package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * A client that distinguishes the end of TLS from the end of its socket. An {@code SSLSocket}
 * reports both in the same way. Blocking.
 */
public final class TlsPeer implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine = Carrier.trusting().createSSLEngine("localhost", 443);
  private final ByteBuffer records = ByteBuffer.allocate(1 << 16).limit(0);
  private final ByteBuffer text = ByteBuffer.allocate(1 << 16);
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final Socket socket = new Socket();

  private TlsPeer() {}

  /**
   * Connects and does the handshake.
   *
   * @param version the version, such as {@code TLSv1.3}
   * @param protocols the protocols to offer by ALPN, if any
   */
  public static TlsPeer connect(int port, String version, String... protocols) throws IOException {
    TlsPeer peer = new TlsPeer();
    try {
      peer.open(port, version, protocols);
      return peer;
    } catch (IOException e) {
      peer.close();
      throw e;
    }
  }

  private void open(int port, String version, String... protocols) throws IOException {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {version});
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    engine.setUseClientMode(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    engine.beginHandshake();
    while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> wrap(NOTHING);
        default -> assertThat(unwrap()).as("the server continues").isTrue();
      }
    }
  }

  /** Returns the protocol that ALPN has chosen; empty if none. */
  public String protocol() {
    return engine.getApplicationProtocol();
  }

  public void send(String bytes) throws IOException {
    send(bytes.getBytes(ISO_8859_1));
  }

  public void send(byte[] bytes) throws IOException {
    wrap(ByteBuffer.wrap(bytes));
  }

  /** Sends a close_notify and does not close the socket. */
  public void sendCloseNotify() throws IOException {
    engine.closeOutbound();
    wrap(NOTHING);
  }

  /** Ends the socket's output, without regard to TLS. */
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads until the received text contains this text. */
  public void readUpTo(String end) throws IOException {
    while (!received().contains(end)) {
      assertThat(unwrap()).as("more comes after %s", received()).isTrue();
    }
  }

  /** Returns all received text. */
  public String received() {
    return received.toString(ISO_8859_1);
  }

  /** Reads to the end of the socket. Returns whether a close_notify came before it. */
  public boolean endsWithACloseNotify() throws IOException {
    while (unwrap()) {
      // continues
    }
    boolean notified = engine.isInboundDone();
    while (socket.getInputStream().read() >= 0) {
      // bytes after the end of TLS do not count
    }
    return notified;
  }

  private void wrap(ByteBuffer out) throws IOException {
    ByteBuffer sent = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    do {
      SSLEngineResult result = engine.wrap(out, sent.clear());
      socket.getOutputStream().write(sent.array(), 0, sent.position());
      if (result.getStatus() == Status.CLOSED) {
        return;
      }
    } while (out.hasRemaining());
  }

  /** Reads the next record. Returns {@code false} at the end of TLS or of the socket. */
  private boolean unwrap() throws IOException {
    Status status = Status.BUFFER_UNDERFLOW;
    if (records.hasRemaining()) {
      status = unwrapRecord();
    }
    if (status == Status.BUFFER_UNDERFLOW) {
      records.compact();
      int space = records.remaining();
      int count = socket.getInputStream().read(records.array(), records.position(), space);
      records.position(records.position() + Math.max(0, count)).flip();
      return count >= 0;
    }
    return status != Status.CLOSED;
  }

  private Status unwrapRecord() throws SSLException {
    SSLEngineResult result = engine.unwrap(records, text.clear());
    received.write(text.array(), 0, text.position());
    return result.getStatus();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
