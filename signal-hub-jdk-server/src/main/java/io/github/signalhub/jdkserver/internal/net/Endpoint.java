package io.github.signalhub.jdkserver.internal.net;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.internal.logger.HubLogger;
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
import javax.net.ssl.SSLSession;

/**
 * One accepted socket on its loop, and the {@link Stage} that gives its bytes a meaning. Keeps what
 * a stage did not take, watches for writes that get stuck, and closes the socket, once, whatever a
 * stage throws. Between the two is a {@link Wire}.
 *
 * <p>Confined to the loop.
 */
final class Endpoint implements NioLoop.Ready {
  private static final HubLogger LOG = HubLogger.of(Endpoint.class);

  private final NioLoop loop;
  private final SocketChannel channel;
  private Wire wire;
  private final SendBuffer sendBuffer;
  private final StallWatch stalled;
  private final List<Census.Seat> seats = new ArrayList<>(1);
  private final InetSocketAddress remoteAddress;
  private final InetSocketAddress localAddress;
  private SelectionKey key;
  private Stage stage;
  private boolean open = true;
  private boolean reading = true;
  private boolean inputEnded;
  private boolean delivering;
  private boolean again;
  private boolean writeBlocked;
  private boolean willRead;
  private boolean lacksTls;
  private Action onTaken; // null if nothing waits for the peer to take what was written
  private ByteBuffer rest; // received, not taken yet; heap

  /** What may throw; a connection's own business. */
  interface Action {
    void run() throws IOException;
  }

  /**
   * Takes over a connected channel.
   *
   * @throws IOException if the channel is not connected any more
   */
  Endpoint(NioLoop loop, SocketChannel channel, Shared shared) throws IOException {
    this.loop = loop;
    this.channel = channel;
    this.sendBuffer = new SendBuffer(channel, loop.probe(), shared.options().sendBufferBytes());
    this.stalled =
        new StallWatch(
            loop,
            shared.options().timeouts().write().toNanos(),
            this::takenBytes,
            SendBuffer.PRECISION_BYTES,
            this::cutStalled);
    this.wire =
        shared.options().tls().isEmpty()
            ? new PlainWire(channel)
            : new TlsWire(
                loop,
                channel,
                shared.options().tls().get().createSSLEngine(),
                shared.computing(channel),
                this::look);
    this.remoteAddress = (InetSocketAddress) channel.getRemoteAddress();
    this.localAddress = (InetSocketAddress) channel.getLocalAddress();
    channel.configureBlocking(false);
  }

  /** Begins to read, for this stage. */
  void open(Stage first) throws IOException {
    stage = requireNonNull(first, "first");
    key = loop.register(channel, SelectionKey.OP_READ, this);
  }

  /** Gives everything that follows to another stage. */
  void become(Stage next) {
    stage = requireNonNull(next, "next");
  }

  NioLoop loop() {
    return loop;
  }

  Stage stage() {
    return stage;
  }

  boolean isOpen() {
    return open;
  }

  boolean isInputEnded() {
    return inputEnded;
  }

  /**
   * Returns whether the peer speaks plain HTTP where TLS is spoken. Nothing that it asks for may be
   * done; it may be told so, which goes over the bare socket.
   */
  boolean lacksTls() {
    return lacksTls;
  }

  InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  InetSocketAddress localAddress() {
    return localAddress;
  }

  /** Returns the session of TLS, if there is one. */
  Optional<SSLSession> sslSession() {
    return wire.sslSession();
  }

  /** Keeps a place until the end of the connection. */
  void keep(Census.Seat seat) {
    seats.add(seat);
  }

  /** Stops or restarts reading from the socket; what is kept waits for {@link #resume}. */
  void setReading(boolean reading) {
    this.reading = reading;
    updateInterest();
  }

  /** Gives what was kept to the stage again, then reads on. */
  void resume() throws IOException {
    if (delivering) {
      again = true;
    } else if (rest != null && open) {
      ByteBuffer in = rest;
      rest = null;
      deliver(in);
    }
  }

  /**
   * Writes what the socket accepts. If it does not accept all, {@link Stage#writable} follows.
   *
   * @return how many bytes it accepted
   */
  int write(ByteBuffer out) throws IOException {
    int taken = wire.write(out);
    written(out.hasRemaining());
    return taken;
  }

  /** Returns whether the socket is full: {@link Stage#writable} will tell when it is not. */
  boolean isWriteBlocked() {
    return writeBlocked;
  }

  /**
   * Runs an action as soon as the peer's system has taken what was written, which may be at once.
   * Until then the write timeout is the peer's only limit. The last such action replaces others;
   * after it, no more is written than what ends the connection.
   */
  void whenTaken(Action action) throws IOException {
    sendBuffer.narrow();
    onTaken = action;
    lookWhetherTaken();
  }

  /** Returns whether the peer's system has taken what was written, but for a packet or two. */
  boolean isTaken() throws IOException {
    return !writeBlocked && sendBuffer.isEmpty();
  }

  /** Returns how many bytes the peer's system has taken in all, a few KiB too few at most. */
  long takenBytes() {
    try {
      return wire.sentBytes() - sendBuffer.queuedBytes();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "A connection was lost: {0}", e.toString());
      return 0; // there will be no progress
    }
  }

  /** Says that nothing more will be written. */
  void shutdownOutput() throws IOException {
    wire.shutdownOutput();
    written(false);
  }

  /** Reads if the wire has something; for what it has waited for elsewhere. */
  void look() {
    run(this::read);
  }

  /** Closes at once and tells the peer that something is missing. */
  void reset() {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "A connection was closed already", e);
    }
    end();
  }

  /** Closes the socket and ends the stage; resets it if something is missing. Idempotent. */
  void cut() {
    if (open && stage.isIncomplete()) {
      reset();
    } else if (open) {
      try {
        wire.sayEnd();
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
    seats.forEach(Census.Seat::leave);
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
  void drain() {
    run(() -> stage.drain());
  }

  /** Does something for this connection; what that throws ends the connection and nothing else. */
  void run(Action action) {
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
    boolean flushed = wire.flush();
    writeBlocked = false;
    written(!flushed);
    if (flushed) {
      stage.writable();
      lookWhetherTaken();
    }
  }

  private void lookWhetherTaken() throws IOException {
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
    writeBlocked |= refused || wire.hasUnsent();
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
    if (!reading || rest != null || inputEnded || !wire.canRead()) {
      return; // became so after the selector had looked
    }
    ByteBuffer in = loop.readBuffer().clear();
    int count = readWire(in);
    written(false); // by TLS itself
    if (count < 0) {
      inputEnded = true;
      updateInterest();
      stage.inputEnded();
    } else {
      deliver(in.flip());
    }
  }

  private int readWire(ByteBuffer in) throws IOException {
    try {
      return wire.read(in);
    } catch (NoTlsException e) {
      lacksTls = true;
      wire = new PlainWire(channel);
      in.put(e.received());
      return in.position();
    }
  }

  private void deliver(ByteBuffer in) throws IOException {
    delivering = true;
    try {
      boolean moved = true;
      while (open && in.hasRemaining() && moved) {
        Stage before = stage;
        int position = in.position();
        again = false;
        stage.receive(in);
        moved = again || stage != before || in.position() != position;
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
    boolean read = reading && rest == null && !inputEnded && wire.canRead();
    int wanted = (read ? SelectionKey.OP_READ : 0) | (waitsForPeer() ? SelectionKey.OP_WRITE : 0);
    if (key.interestOps() != wanted) {
      key.interestOps(wanted);
    }
    if (read && wire.hasUnread() && !willRead && !delivering) {
      willRead = true; // the selector does not know of it
      loop.execute(this::look);
    }
  }

  /** Ends a connection with what the system still holds for it, which nobody will take. */
  private void cutStalled() {
    LOG.log(Level.DEBUG, "A connection accepted nothing for too long and is closed");
    reset();
  }
}
