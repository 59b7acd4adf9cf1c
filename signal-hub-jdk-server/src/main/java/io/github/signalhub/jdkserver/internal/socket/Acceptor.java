package io.github.signalhub.jdkserver.internal.socket;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * The listening socket, on one loop. If the process has no descriptors left, every accept fails at
 * once. Then the acceptor pauses for a moment, and clients wait in the backlog.
 *
 * <p>Confined to its loop, except where a method says otherwise.
 */
public final class Acceptor implements NioLoop.Ready {
  private static final HubLogger LOG = HubLogger.of(Acceptor.class);
  private static final int BACKLOG = 4096; // the system may have a lower limit
  private static final int MAX_AT_ONCE = 64;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final NioLoop loop;
  private final ServerSocketChannel channel;
  private final OnAccepted onAccepted;
  private final TimerWheel.Timer pause;
  private SelectionKey key;
  private boolean failing;

  /** Takes the connections that were accepted. */
  public interface OnAccepted {
    /** Takes a connection. If this throws, the connection is closed. */
    void accept(SocketChannel channel) throws IOException;
  }

  private Acceptor(NioLoop loop, ServerSocketChannel channel, OnAccepted onAccepted) {
    this.loop = loop;
    this.channel = channel;
    this.onAccepted = onAccepted;
    this.pause = loop.timers().timer(this::acceptAgain);
  }

  /**
   * Binds an address. Accepts nothing before {@link #start}. May be called on any thread before the
   * loop starts.
   *
   * @throws IOException if the address cannot be bound; nothing is left open
   */
  public static Acceptor bind(InetSocketAddress address, NioLoop loop, OnAccepted onAccepted)
      throws IOException {
    // The first close of any channel needs a descriptor. If there is none at that moment, this JDK
    // never closes a channel again. So the first close happens here.
    SocketChannel.open().close();
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address, BACKLOG);
      channel.configureBlocking(false);
      return new Acceptor(loop, channel, onAccepted);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Returns the address of the listening socket. Thread-safe. */
  public InetSocketAddress address() throws IOException {
    return (InetSocketAddress) channel.getLocalAddress();
  }

  /** Begins to accept. */
  public void start() {
    try {
      key = loop.register(channel, SelectionKey.OP_ACCEPT, this);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "The listening socket was closed before it was used");
    }
  }

  /** Stops listening. Idempotent. */
  @Override
  public void close() {
    pause.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "Closing the listening socket failed", e);
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    try {
      for (int i = 0; i < MAX_AT_ONCE && ready.isValid(); i++) {
        SocketChannel accepted = channel.accept();
        if (accepted == null) {
          return;
        }
        failing = false;
        handOver(accepted);
      }
    } catch (Throwable t) { // an Error must not close the port
      if (ready.isValid()) {
        ready.interestOps(0);
        pause.start(PAUSE_NANOS);
      }
      if (!failing) { // once, not ten times a second
        failing = true;
        tell(t);
      }
    }
  }

  private static void tell(Throwable failure) {
    try {
      LOG.log(Level.WARNING, "Accepting a connection failed; trying again in a moment", failure);
    } catch (Throwable untold) {
      // no memory is left for a log, and a failure here would close the port
    }
  }

  private void handOver(SocketChannel accepted) {
    try {
      accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
      onAccepted.accept(accepted);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "A connection was lost before it was used", e);
      closeQuietly(accepted);
    } catch (Throwable t) {
      closeQuietly(accepted);
      throw t;
    }
  }

  /** Closes a connection that will not be used. Thread-safe. */
  public static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "Closing a connection failed", e);
    }
  }

  private void acceptAgain() {
    if (key.isValid()) {
      key.interestOps(SelectionKey.OP_ACCEPT);
    }
  }
}
