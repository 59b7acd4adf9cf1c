package io.github.signalhub.jdkserver.internal.tls;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import io.github.signalhub.jdkserver.internal.socket.ByteSocket;
import io.github.signalhub.jdkserver.internal.socket.NoTlsException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * TLS over a socket. It keeps received bytes that do not make a whole record yet, and records that
 * the socket did not accept. An idle connection has neither. It reads and writes through buffers of
 * the loop, as many records at once as they hold.
 *
 * <p>The engine decides what comes next:
 *
 * <ul>
 *   <li>a task to compute, which runs on a thread of its own;
 *   <li>a record of its own to send, such as a part of the handshake or the answer to a KeyUpdate
 *       (RFC 8446 §4.6.3). While an earlier one waits for the socket, nothing is read, so that they
 *       cannot pile up;
 *   <li>the next record of the peer.
 * </ul>
 *
 * <p>A second handshake, which TLS 1.2 allows, is refused, because it costs the server far more
 * than the peer. Bytes that are no TLS end the connection. If they begin as HTTP does, a {@link
 * NoTlsException} hands them over.
 *
 * <p>Confined to the loop.
 */
public final class TlsSocket implements ByteSocket {
  private static final HubLogger LOG = HubLogger.of(TlsSocket.class);
  private static final String TLS_1_3 = "TLSv1.3";

  /** A client that names other protocols alone gets no connection (RFC 7301). */
  private static final String[] PROTOCOLS = {"http/1.1"};

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final NioLoop loop;
  private final SocketChannel channel;
  private final SSLEngine engine;
  private final EngineTasks tasks;
  private final UnsentRecords unsent;
  private final Runnable onFailed;
  private ByteBuffer unread; // received and not decrypted yet; null if there are none
  private boolean mayHaveRecord; // in unread, or the engine has something to do
  private boolean begun;
  private boolean established;
  private boolean inputEnded;
  private boolean outputEnding;

  /**
   * Begins the server's side of TLS.
   *
   * @param executor runs what takes long to compute
   * @param retryRead is called when reading can go on after something was computed
   * @param onFailed is called if the first handshake fails
   */
  public TlsSocket(
      NioLoop loop,
      SocketChannel channel,
      SSLEngine engine,
      Executor executor,
      Runnable retryRead,
      Runnable onFailed) {
    this.loop = loop;
    this.channel = channel;
    this.engine = engine;
    this.tasks =
        new EngineTasks(
            loop,
            engine,
            executor,
            channel::isOpen,
            () -> {
              mayHaveRecord = true;
              retryRead.run();
            });
    this.unsent = new UnsentRecords(loop, channel);
    this.onFailed = onFailed;
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(PROTOCOLS);
    engine.setSSLParameters(parameters);
  }

  @Override
  public boolean canRead() {
    return !tasks.areRunning() && !(unsent.isWaiting() && status() == HandshakeStatus.NEED_WRAP);
  }

  @Override
  public boolean hasUnread() {
    return mayHaveRecord;
  }

  @Override
  public boolean hasUnsent() {
    return unsent.isWaiting();
  }

  @Override
  public long sentBytes() {
    return unsent.sentBytes();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return Optional.of(engine.getSession());
  }

  @Override
  public Optional<Principal> principal() {
    if (!engine.getNeedClientAuth() && !engine.getWantClientAuth()) {
      return Optional.empty(); // asking the session would make an exception for each request
    }
    try {
      return Optional.of(engine.getSession().getPeerPrincipal());
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // the client had no certificate
    }
  }

  @Override
  public int read(ByteBuffer in) throws IOException {
    if (inputEnded) {
      return -1;
    }
    ByteBuffer records = loop.recordsIn().clear();
    if (unread != null) {
      records.put(unread);
      unread = null;
    }
    int received = channel.read(records);
    boolean socketEnded = received < 0;
    loop.readBytes().add(Math.max(0, received));
    records.flip();
    if (!begun && records.hasRemaining()) {
      begun = true;
      if (beginsLikeHttp(records.get(0))) {
        throw new NoTlsException(records);
      }
    }
    int start = in.position();
    mayHaveRecord = false;
    try {
      decrypt(records, in);
    } catch (SSLException e) {
      if (!established) {
        onFailed.run();
      }
      sayWhy();
      throw e;
    }
    keep(records);
    // An end without a close_notify is not in good order. But HTTP and WebSocket know by
    // themselves whether something is missing.
    inputEnded |= socketEnded && !mayHaveRecord && canRead();
    int count = in.position() - start;
    mayHaveRecord |= inputEnded && count > 0; // the next read reports the end
    return inputEnded && count == 0 ? -1 : count;
  }

  /**
   * A method begins with a letter, and the PROXY protocol begins with "P" or CR. No TLS record
   * does.
   */
  private static boolean beginsLikeHttp(byte first) {
    return first == '\r' || (first >= 'A' && first <= 'Z');
  }

  /** Decrypts records until one is incomplete, or until something else has to come first. */
  private void decrypt(ByteBuffer records, ByteBuffer in) throws IOException {
    boolean goesOn = true;
    while (goesOn && canRead()) {
      switch (status()) {
        case NEED_TASK -> tasks.run();
        case NEED_WRAP -> sendOwn();
        default -> goesOn = decryptOne(records, in);
      }
    }
    mayHaveRecord |= goesOn; // it did not stop for lack of input
  }

  /**
   * Decrypts a record.
   *
   * @return whether there may be another one
   */
  private boolean decryptOne(ByteBuffer records, ByteBuffer in) throws IOException {
    SSLEngineResult result = engine.unwrap(records, in);
    checkHandshake(result.getHandshakeStatus());
    switch (result.getStatus()) {
      case BUFFER_OVERFLOW -> mayHaveRecord = true; // the rest follows when this part is delivered
      case CLOSED -> {
        inputEnded = true;
        answerClose();
      }
      default -> {
        boolean moved = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
        HandshakeStatus next = status();
        return moved || next == HandshakeStatus.NEED_TASK || next == HandshakeStatus.NEED_WRAP;
      }
    }
    return false;
  }

  private void checkHandshake(HandshakeStatus next) throws SSLException {
    if (next == HandshakeStatus.FINISHED) {
      established = true;
    } else if (established
        && next == HandshakeStatus.NEED_TASK
        && !engine.getSession().getProtocol().equals(TLS_1_3)) {
      throw new SSLException("a second handshake is refused");
    }
  }

  private HandshakeStatus status() {
    return engine.getHandshakeStatus();
  }

  /** Sends the records that the engine itself has to send. */
  private void sendOwn() throws IOException {
    ByteBuffer records = loop.recordsOut().clear();
    while (status() == HandshakeStatus.NEED_WRAP && fits(records)) {
      SSLEngineResult result = engine.wrap(NOTHING, records);
      checkHandshake(result.getHandshakeStatus());
      if (result.getStatus() == Status.CLOSED || result.bytesProduced() == 0) {
        break;
      }
    }
    unsent.write(records.flip());
  }

  /** With TLS 1.2 both sides end together (RFC 5246 §7.2.1). From 1.3 on our output goes on. */
  private void answerClose() throws IOException {
    if (status() == HandshakeStatus.NEED_WRAP && !unsent.isWaiting()) {
      sendOwn();
    }
  }

  /** Sends the alert that names the peer's fault, if the socket accepts it. */
  private void sayWhy() {
    try {
      if (!unsent.isWaiting()) {
        sendOwn();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "A peer that broke TLS was not told: {0}", e.toString());
    }
  }

  private void keep(ByteBuffer records) {
    if (records.hasRemaining() && !inputEnded) {
      unread = ByteBuffer.allocate(records.remaining()).put(records).flip();
    }
  }

  @Override
  public int write(ByteBuffer out) throws IOException {
    if (!flush() || !out.hasRemaining()) {
      return 0;
    }
    int start = out.position();
    ByteBuffer records = loop.recordsOut().clear();
    while (out.hasRemaining() && fits(records)) {
      SSLEngineResult result = engine.wrap(out, records);
      if (result.getStatus() != Status.OK || result.bytesProduced() == 0) {
        throw new SSLException("expected that TLS can send, was " + result.getStatus());
      }
    }
    unsent.write(records.flip());
    return out.position() - start;
  }

  private boolean fits(ByteBuffer records) {
    return records.remaining() >= engine.getSession().getPacketBufferSize();
  }

  @Override
  public boolean flush() throws IOException {
    if (!unsent.flush()) {
      return false;
    }
    if (outputEnding) {
      endOutput();
    }
    return !unsent.isWaiting();
  }

  @Override
  public void shutdownOutput() throws IOException {
    if (!outputEnding) {
      outputEnding = true;
      engine.closeOutbound();
      flush();
    }
  }

  /**
   * Sends our close_notify. It precedes every end that no alert has explained (RFC 8446 §6.1):
   * after that of the peer, and after a timeout (RFC 9112 §9.8), even in the middle of a handshake.
   */
  @Override
  public void sayEnd() throws IOException {
    if (!unsent.isWaiting() && !tasks.areRunning()) {
      shutdownOutput();
    }
  }

  /** Sends our close_notify, and ends the socket's output when it is written. */
  private void endOutput() throws IOException {
    if (!engine.isOutboundDone()) {
      sendOwn();
    }
    if (!unsent.isWaiting() && channel.isOpen()) {
      channel.shutdownOutput();
    }
  }
}
