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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLSession;

/**
 * One accepted socket on its loop, and the {@link ConnectionStage} that gives its bytes a meaning.
 * Keeps what a stage did not take, watches for writes that get stuck, and closes the socket, once,
 * whatever a stage throws. Between the two is a {@link ByteSocket}.
 *
 * <p>Confined to the loop.
 */
public final class SocketConnection implements NioLoop.Ready {
  private static final HubLogger LOG = HubLogger.of(SocketConnection.class);

  private final NioLoop loop;
  private final SocketChannel channel;
  private ByteSocket socket;
  private final SendBuffer sendBuffer;
  private final StallWatch stalled;
  private final List<Runnable> onEnd = new ArrayList<>(1);
  private final InetSocketAddress remoteAddress;
  private final InetSocketAddress localAddress;
  private SelectionKey key;
  private ConnectionStage stage;
  private boolean open = true;
  private boolean reading = true;
  private boolean inputEnded;
  private boolean delivering;
  private boolean resumeRequested;
  private boolean writeBlocked;
  private boolean willRead;
  private boolean lacksTls;
  private Action onTaken; // null if nothing waits for the peer to take what was written
  private ByteBuffer rest; // received, not taken yet; heap

  /** What may throw; a connection's own business. */
  public interface Action {
    void run() throws IOException;
  }

  /**
   * Takes over a connected channel.
   *
   * @param socket returns what reads and writes its bytes, given what to call when reading can go
   *     on after something was computed
   * @throws IOException if the channel is not connected any more
   */
  public SocketConnection(
      NioLoop loop,
      SocketChannel channel,
      SocketOptions options,
      Function<Runnable, ByteSocket> socket)
      throws IOException {
    this.loop = loop;
    this.channel = channel;
    this.sendBuffer = new SendBuffer(channel, loop.probe(), options.sendBufferBytes());
    this.stalled =
        new StallWatch(
            loop,
            options.writeTimeout().toNanos(),
            this::takenBytes,
            SendBuffer.PRECISION_BYTES,
            this::cutStalled);
    this.socket = socket.apply(this::retryRead);
    this.remoteAddress = (InetSocketAddress) channel.getRemoteAddress();
    this.localAddress = (InetSocketAddress) channel.getLocalAddress();
    channel.configureBlocking(false);
  }

  /** Begins to read, for this stage. */
  public void open(ConnectionStage first) throws IOException {
    stage = requireNonNull(first, "first");
    key = loop.register(channel, SelectionKey.OP_READ, this);
  }

  /** Gives everything that follows to another stage. */
  public void become(ConnectionStage next) {
    stage = requireNonNull(next, "next");
  }

  public NioLoop loop() {
    return loop;
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
   * Returns whether the peer speaks plain HTTP where TLS is spoken. Nothing that it asks for may be
   * done; it may be told so, which goes over the bare socket.
   */
  public boolean lacksTls() {
    return lacksTls;
  }

  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  public InetSocketAddress localAddress() {
    return localAddress;
  }

  /** Returns the session of TLS, if there is one. */
  public Optional<SSLSession> sslSession() {
    return socket.sslSession();
  }

  /** Runs this when the connection has ended, to give back what it holds. */
  public void atEnd(Runnable action) {
    onEnd.add(action);
  }

  /** Stops or restarts reading from the socket; what is kept waits for {@link #resume}. */
  public void setReading(boolean reading) {
    this.reading = reading;
    updateInterest();
  }

  /** Gives what was kept to the stage again, then reads on. */
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
   * Writes what the socket accepts. If it does not accept all, {@link ConnectionStage#writable}
   * follows.
   *
   * @return how many bytes it accepted
   */
  public int write(ByteBuffer out) throws IOException {
    int taken = socket.write(out);
    written(out.hasRemaining());
    return taken;
  }

  /**
   * Returns whether the socket is full: {@link ConnectionStage#writable} will tell when it is not.
   */
  public boolean isWriteBlocked() {
    return writeBlocked;
  }

  /**
   * Runs an action as soon as the peer's system has taken what was written, which may be at once.
   * Until then the write timeout is the peer's only limit. The last such action replaces others;
   * after it, no more is written than what ends the connection.
   */
  public void whenTaken(Action action) throws IOException {
    sendBuffer.narrow();
    onTaken = action;
    checkTaken();
  }

  /** Returns whether the peer's system has taken what was written, but for a packet or two. */
  public boolean isTaken() throws IOException {
    return !writeBlocked && sendBuffer.isEmpty();
  }

  /** Returns how many bytes the peer's system has taken in all, a few KiB too few at most. */
  public long takenBytes() {
    try {
      return socket.sentBytes() - sendBuffer.queuedBytes();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "A connection was lost: {0}", e.toString());
      return 0; // there will be no progress
    }
  }

  /** Says that nothing more will be written. */
  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
    written(false);
  }

  /** Reads if the socket has something; after it waited for something computed elsewhere. */
  void retryRead() {
    run(this::read);
  }

  /** Closes at once and tells the peer that something is missing. */
  public void reset() {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "A connection was closed already", e);
    }
    end();
  }

  /** Closes the socket and ends the stage; resets it if something is missing. Idempotent. */
  public void cut() {
    if (open && stage.isIncomplete()) {
      reset();
    } else if (open) {
      try {
        socket.sayEnd();
      } catch (IOException | RuntimeException e) { // those of a provider of TLS
        LOG.log(Level.DEBUG, "A peer was not told of the end: {0}", e.toString());
      } finally {
        end(); // whatever else is thrown: what is not freed now never is
      }
    }
  }

  private void end() {
    if (!open) {
      return;
    }
    open = false;
    onTaken = null;
    stalled.stop();
    onEnd.forEach(Runnable::run);
    rest = null;
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "Closing a connection failed", e);
    }
    stage.cut();
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

  /** Does something for this connection; what that throws ends the connection and nothing else. */
  public void run(Action action) {
    if (!open) {
      return;
    }
    try {
      action.run();
    } catch (IOException | CancelledKeyException e) {
      LOG.log(Level.DEBUG, "A connection was lost: {0}", e.toString());
      cut();
    } catch (OutOfMemoryError e) {
      cut(); // first: what this frees may be what there is too little of
      LOG.log(Level.WARNING, "A connection is closed for want of memory", e);
    } catch (Throwable t) {
      LOG.log(Level.WARNING, "A connection failed and is closed", t);
      fail();
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    run(
        () -> {
          if (ready.isWritable()) {
            flush();
          }
          if (open && ready.isValid() && ready.isReadable()) {
            read();
          }
        });
  }

  private void fail() {
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
   * Notes what a write has come to.
   *
   * @param refused whether there was more to write
   */
  private void written(boolean refused) {
    writeBlocked |= refused || socket.hasUnsent();
    updateWriting();
  }

  private void updateWriting() {
    if (open) {
      stalled.update(waitsForPeer());
      updateInterest();
    }
  }

  private boolean waitsForPeer() {
    return writeBlocked || onTaken != null;
  }

  private void read() throws IOException {
    willRead = false;
    if (!reading || rest != null || inputEnded || !socket.canRead()) {
      return; // became so after the selector had looked
    }
    ByteBuffer in = loop.readBuffer().clear();
    int count = readSocket(in);
    written(false); // by TLS itself
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
      socket = new PlainSocket(channel);
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
    if (key.interestOps() != wanted) {
      key.interestOps(wanted);
    }
    if (read && socket.hasUnread() && !willRead && !delivering) {
      willRead = true; // the selector does not know of it
      loop.execute(this::retryRead);
    }
  }

  /** Ends a connection with what the system still holds for it, which nobody will take. */
  private void cutStalled() {
    LOG.log(Level.DEBUG, "A connection accepted nothing for too long and is closed");
    reset();
  }
}
