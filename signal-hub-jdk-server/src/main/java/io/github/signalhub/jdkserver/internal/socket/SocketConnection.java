package io.github.signalhub.jdkserver.internal.socket;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import io.github.signalhub.spi.StallWatch;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.Principal;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLSession;

/**
 * One accepted socket on its loop, and the {@link ConnectionStage} that gives its bytes a meaning.
 * A {@link ByteSocket} is between the two. The connection keeps bytes that a stage did not take. It
 * watches for writes that get stuck. It closes the socket once, also after an exception of a stage.
 *
 * <p>Confined to the loop.
 */
public final class SocketConnection implements NioLoop.Ready {
  private static final HubLogger LOG = HubLogger.of(SocketConnection.class);

  private final NioLoop loop;
  private final SocketChannel channel;
  private ByteSocket socket;
  private final SocketOptions options;
  private final Owner owner; // of all connections
  private final InetSocketAddress peerAddress;
  private final InetSocketAddress localAddress;
  private InetSocketAddress clientAddress; // the peer's, unless that is a proxy that named it
  private boolean encryptedBefore; // by the client, up to a proxy
  private SelectionKey key;
  private int interest; // the operations of the key
  private StallWatch stalled; // null while no write was blocked for a while
  private ConnectionStage stage;
  private boolean open = true;
  private boolean reading = true;
  private boolean inputEnded;
  private boolean delivering;
  private boolean resumeRequested;
  private boolean writeBlocked;
  private boolean willRead;
  private boolean lacksTls;
  private Runnable atEnd; // null if there is nothing more to give back
  private SendBuffer sendBuffer; // null until somebody asks how full it is
  private Action onTaken; // null if no action waits
  private ByteBuffer rest; // received and not taken by the stage; on the heap

  /** The part that accepted the connection. Called on the loop. */
  public interface Owner {
    /** A connection has taken nothing for too long, and is about to end. */
    void stalled();

    /** A connection ends. Called once, if it was opened. */
    void ended(SocketConnection connection);
  }

  /** A task of one connection. An exception of the task ends that connection. */
  public interface Action {
    void run() throws IOException;
  }

  /**
   * Takes over a connected channel.
   *
   * @param socket returns what reads and writes the bytes of this connection
   * @param owner is told how the connection ends
   * @throws IOException if the channel is not connected any more
   */
  public SocketConnection(
      NioLoop loop,
      SocketChannel channel,
      SocketOptions options,
      Function<SocketConnection, ByteSocket> socket,
      Owner owner)
      throws IOException {
    this.loop = loop;
    this.channel = channel;
    this.options = options;
    this.owner = owner;
    SendBuffer.limit(channel, options.sendBufferBytes());
    this.peerAddress = (InetSocketAddress) channel.getRemoteAddress();
    this.clientAddress = peerAddress;
    this.localAddress = (InetSocketAddress) channel.getLocalAddress();
    this.socket = socket.apply(this);
    channel.configureBlocking(false);
  }

  /** Begins to read for this stage. */
  public void open(ConnectionStage first) throws IOException {
    stage = requireNonNull(first, "first");
    interest = SelectionKey.OP_READ;
    key = loop.register(channel, interest, this);
  }

  /** Gives all further calls to another stage. */
  public void become(ConnectionStage next) {
    stage = requireNonNull(next, "next");
  }

  public NioLoop loop() {
    return loop;
  }

  SocketChannel channel() {
    return channel;
  }

  public ConnectionStage stage() {
    return stage;
  }

  public boolean isOpen() {
    return open;
  }

  public boolean isInputEnded() {
    return inputEnded;
  }

  /**
   * Returns whether the peer speaks plain HTTP on a port with TLS. Nothing that it asks for may be
   * done. An answer may say so, in plain HTTP.
   */
  public boolean lacksTls() {
    return lacksTls;
  }

  /** Returns the client's address: that of the peer, or what the peer's PROXY header names. */
  public InetSocketAddress remoteAddress() {
    return clientAddress;
  }

  /** Returns the address of the other end of the socket. */
  public InetSocketAddress peerAddress() {
    return peerAddress;
  }

  /** Learns from a proxy who its client is, before anything else was read. */
  public void comesFrom(InetSocketAddress client, boolean encrypted) {
    clientAddress = client;
    encryptedBefore = encrypted;
  }

  /** Reads and writes by another socket from now on. */
  public void goOnWith(ByteSocket next) {
    socket = next;
  }

  /** Returns whether the client uses TLS, to this server or to the proxy that named it. */
  public boolean isEncrypted() {
    return encryptedBefore || sslSession().isPresent();
  }

  public InetSocketAddress localAddress() {
    return localAddress;
  }

  /** Returns the session of TLS; empty without TLS. */
  public Optional<SSLSession> sslSession() {
    return socket.sslSession();
  }

  /** Returns the client that a certificate names; empty without one, and without TLS. */
  public Optional<Principal> principal() {
    return socket.principal();
  }

  /** Runs an action at the end of the connection, to give back what it holds. */
  public void atEnd(Runnable action) {
    Runnable earlier = atEnd;
    atEnd =
        earlier == null
            ? action
            : () -> {
              earlier.run();
              action.run();
            };
  }

  /** Stops or restarts reading from the socket. Bytes that were kept wait for {@link #resume}. */
  public void setReading(boolean reading) {
    this.reading = reading;
    updateInterest();
  }

  /** Gives the kept bytes to the stage again, then reads on. */
  public void resume() throws IOException {
    if (delivering) {
      resumeRequested = true;
    } else if (rest != null && open) {
      ByteBuffer in = rest;
      rest = null;
      deliver(in);
    }
  }

  /**
   * Writes the bytes that the socket accepts. If it does not accept all, {@link
   * ConnectionStage#writable} follows.
   *
   * @return how many bytes it accepted
   */
  public int write(ByteBuffer out) throws IOException {
    int taken = socket.write(out);
    written(out.hasRemaining());
    return taken;
  }

  /**
   * Returns whether the socket is full. {@link ConnectionStage#writable} follows when it has room.
   */
  public boolean isWriteBlocked() {
    return writeBlocked;
  }

  /**
   * Runs an action as soon as the peer's system has taken what was written, which may be at once.
   * Until then the write timeout is the peer's only limit. A second such action replaces the first.
   * After the action, only the end of the connection may be written.
   */
  public void whenTaken(Action action) throws IOException {
    sendBuffer().narrow();
    onTaken = action;
    checkTaken();
  }

  /** Returns whether the peer's system has taken what was written, except one or two packets. */
  public boolean isTaken() throws IOException {
    return !writeBlocked && sendBuffer().isEmpty();
  }

  private SendBuffer sendBuffer() {
    if (sendBuffer == null) {
      sendBuffer = new SendBuffer(channel, loop.probe(), options.sendBufferBytes());
    }
    return sendBuffer;
  }

  /**
   * Returns how many bytes the peer's system has taken in all. The result is at most a few KiB too
   * low.
   */
  public long takenBytes() {
    try {
      return socket.sentBytes() - sendBuffer().queuedBytes();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "A connection was lost: {0}", e.toString());
      return 0; // the caller sees no progress
    }
  }

  /** Ends the output. */
  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
    written(false);
  }

  /** Reads again, because something that reading had to wait for was computed. */
  public void retryRead() {
    run(this::read);
  }

  /** Closes the socket at once, and tells the peer that something is missing. */
  public void reset() {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "A connection was closed already", e);
    }
    end();
  }

  /**
   * Closes the socket and ends the stage. Resets the connection if something is missing.
   * Idempotent.
   */
  public void cut() {
    if (open && stage.isIncomplete()) {
      reset();
    } else if (open) {
      try {
        socket.sayEnd();
      } catch (IOException | RuntimeException e) { // a provider of TLS may throw any of them
        LOG.log(Level.DEBUG, "A peer was not told of the end: {0}", e.toString());
      } finally {
        end(); // also after an Error, because nothing else frees this connection
      }
    }
  }

  private void end() {
    if (!open) {
      return;
    }
    open = false;
    onTaken = null;
    if (stalled != null) {
      stalled.stop();
    }
    if (atEnd != null) {
      atEnd.run();
    }
    owner.ended(this);
    rest = null;
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "Closing a connection failed", e);
    }
    stage.ended();
  }

  /** Closes the socket because the server stops. */
  @Override
  public void close() {
    if (open) {
      stage.stopped();
      cut();
    }
  }

  /** Asks the stage to end soon. */
  public void drain() {
    run(() -> stage.drain());
  }

  /**
   * Runs a task of this connection. An exception of the task ends this connection and nothing else.
   */
  public void run(Action action) {
    if (!open) {
      return;
    }
    try {
      action.run();
    } catch (Throwable t) {
      fail(t);
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    if (!open) {
      return;
    }
    try { // as run() does: a lambda for every event would be garbage
      if (ready.isWritable()) {
        flush();
      }
      if (open && ready.isValid() && ready.isReadable()) {
        read();
      }
    } catch (Throwable t) {
      fail(t);
    }
  }

  private void fail(Throwable t) {
    if (t instanceof IOException || t instanceof CancelledKeyException) {
      LOG.log(Level.DEBUG, "A connection was lost: {0}", t.toString());
      cut();
    } else if (t instanceof OutOfMemoryError) {
      cut(); // first, because this frees memory
      LOG.log(Level.WARNING, "A connection is closed for want of memory", t);
    } else {
      LOG.log(Level.WARNING, "A connection failed and is closed", t);
      endFailed();
    }
  }

  private void endFailed() {
    try {
      if (stage.failed()) {
        resume();
      } else {
        cut();
      }
    } catch (Throwable t) {
      LOG.log(Level.DEBUG, "Ending a failed connection failed, too", t);
      cut();
    }
  }

  private void flush() throws IOException {
    boolean flushed = socket.flush();
    writeBlocked = false;
    written(!flushed);
    if (flushed) {
      stage.writable();
      checkTaken();
    }
  }

  private void checkTaken() throws IOException {
    if (onTaken != null && isTaken()) {
      Action action = onTaken;
      onTaken = null;
      action.run();
    }
    updateWriting();
  }

  /**
   * Notes the result of a write.
   *
   * @param refused whether the socket did not accept all
   */
  private void written(boolean refused) {
    writeBlocked |= refused || socket.hasUnsent();
    updateWriting();
  }

  private void updateWriting() {
    if (open) {
      watch();
      updateInterest();
    }
  }

  /** Watches the peer while it has to take something. */
  private void watch() {
    boolean waits = waitsForPeer();
    if (stalled != null) {
      stalled.update(waits);
    } else if (waits && !options.writeTimeout().isZero()) {
      long stallNanos = options.writeTimeout().toNanos();
      int precision = SendBuffer.PRECISION_BYTES;
      stalled =
          new StallWatch(
              loop, stallNanos, this::takenBytes, precision, this::cutStalled, this::unwatch);
      stalled.update(true);
    }
  }

  private void unwatch() {
    stalled = null;
  }

  private boolean waitsForPeer() {
    return writeBlocked || onTaken != null;
  }

  private void read() throws IOException {
    willRead = false;
    if (!reading || rest != null || inputEnded || !socket.canRead()) {
      return; // this changed after the selector had checked the socket
    }
    ByteBuffer in = loop.readBuffer().clear();
    int count = readSocket(in);
    written(false); // TLS may have written records of its own
    if (count < 0) {
      inputEnded = true;
      updateInterest();
      stage.inputEnded();
    } else {
      deliver(in.flip());
    }
  }

  private int readSocket(ByteBuffer in) throws IOException {
    try {
      return socket.read(in);
    } catch (NoTlsException e) {
      lacksTls = true;
      socket = new PlainSocket(this);
      in.put(e.received());
      return in.position();
    }
  }

  private void deliver(ByteBuffer in) throws IOException {
    delivering = true;
    try {
      boolean moved = true;
      while (open && in.hasRemaining() && moved) {
        ConnectionStage before = stage;
        int position = in.position();
        resumeRequested = false;
        stage.receive(in);
        moved = resumeRequested || stage != before || in.position() != position;
      }
    } finally {
      delivering = false;
      if (open && in.hasRemaining()) {
        rest = in.isDirect() ? ByteBuffer.allocate(in.remaining()).put(in).flip() : in;
      }
      updateInterest();
    }
  }

  private void updateInterest() {
    if (!open) {
      return;
    }
    boolean read = reading && rest == null && !inputEnded && socket.canRead();
    int wanted = (read ? SelectionKey.OP_READ : 0) | (waitsForPeer() ? SelectionKey.OP_WRITE : 0);
    if (interest != wanted) {
      interest = wanted;
      key.interestOps(wanted);
    }
    if (read && socket.hasUnread() && !willRead && !delivering) {
      willRead = true; // the selector does not see bytes that TLS holds
      loop.execute(this::retryRead);
    }
  }

  /** Ends a connection whose peer takes nothing, with everything that the system holds for it. */
  private void cutStalled() {
    LOG.log(Level.DEBUG, "A connection accepted nothing for too long and is closed");
    owner.stalled();
    reset();
  }
}
