package io.github.signalhub.jdkserver.internal.link;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.address.AddressKey;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.capacity.FairShares;
import io.github.signalhub.jdkserver.internal.capacity.Limit;
import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.socket.ConnectionStage;
import io.github.signalhub.jdkserver.internal.socket.LingeringClose;
import io.github.signalhub.jdkserver.internal.socket.SendBuffer;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import io.github.signalhub.jdkserver.internal.ws.CloseCodes;
import io.github.signalhub.jdkserver.internal.ws.DeflateParameters;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol;
import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol.State;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Link;
import io.github.signalhub.spi.PlatformConnection;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A connection after its handshake, which is one client of the hub. It turns the peer's bytes into
 * messages, and writes what the hub holds for the client. Its {@link Link} decides when it ends,
 * and why.
 *
 * <p>The goodbye is a close frame. The close timeout begins when the peer's system has taken that
 * frame. So a peer that reads slowly still gets a whole frame that has begun, and the close frame
 * after it. After both close frames comes {@link LingeringClose}.
 *
 * <p>Confined to the loop.
 */
public final class WebSocketLink
    implements ConnectionStage,
        WebSocketProtocol.Handler,
        PlatformConnection,
        SocketConnection.Action {
  private static final HubLogger LOG = HubLogger.of(WebSocketLink.class);
  private static final int MAX_ROUNDS = 4;

  private final SocketConnection connection;
  private final LinkContext context;
  private final WebSocketProtocol protocol;
  private final Link link;
  private final LinkWriter writer;
  private final InetSocketAddress peer;
  private MessageRate rate; // null while no message is unfinished
  private Activity activity = Activity.NONE;
  private boolean willWrite; // a task of the loop will

  /** Tells what runs for this link now. {@link Link} has the states of its life. */
  private enum Activity {
    NONE,

    /** The protocol decodes received bytes. A write waits until it has finished. */
    RECEIVING,

    /** As {@link #RECEIVING}, and something is to be written. */
    RECEIVING_WITH_FLUSH_PENDING,

    WRITING
  }

  /**
   * Creates a link that is not registered yet.
   *
   * @param peer the client's address
   * @param agreed the parameters of compression; empty if none was agreed on
   * @param response the 101, which is written first
   */
  public WebSocketLink(
      SocketConnection connection,
      LinkContext context,
      InetSocketAddress peer,
      Optional<DeflateParameters> agreed,
      byte[] response) {
    this.connection = connection;
    this.context = context;
    this.peer = peer;
    this.protocol =
        context.compression().protocol(context.options().limits(), context.memory(), this, agreed);
    this.link =
        new Link(
            connection.loop(),
            context.compression().form(agreed),
            context.options().timeouts(),
            this);
    this.writer = new LinkWriter(connection, protocol, link, response);
  }

  /**
   * Registers the link. If the hub is closed, it accepts no more clients. Then this client is told
   * so.
   *
   * @throws IllegalArgumentException if the hub does not accept what was granted
   */
  public void register(Handshake handshake) {
    try {
      link.register(context.registrar(), handshake);
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "The hub takes no more clients: {0}", e.getMessage());
      link.refuse(DisconnectReason.GOING_AWAY);
    }
  }

  /** Begins to write, with the response to the handshake. */
  public void begin() throws IOException {
    if (!link.isReadEnabled()) {
      setReadEnabled(false); // the hub said so before the connection had this link
    }
    link.requestFlush();
    write(); // the hub may have made no client of it
  }

  // Calls of the connection.

  @Override
  public void receive(ByteBuffer in) throws IOException {
    activity = Activity.RECEIVING;
    try {
      link.readBegins();
      protocol.receive(in);
    } finally {
      link.readEnds();
      activity = Activity.NONE;
    }
    if (protocol.hasUnfinishedMessage()) {
      rate = rate == null ? newRate() : rate;
      rate.await(protocol.unfinishedNumber(), protocol.unfinishedBytes());
    } else {
      stopRate();
    }
    write();
  }

  private MessageRate newRate() {
    MessageRate made =
        new MessageRate(
            connection.loop().timers(),
            System::nanoTime,
            context.options().minMessageBytesPerSecond(),
            () -> connection.run(this::refuseSlowMessage));
    if (protocol.isPaused()) {
      made.pause();
    }
    return made;
  }

  private void stopRate() {
    if (rate != null) {
      rate.stop();
      rate = null;
    }
  }

  @Override
  public void inputEnded() {
    State state = protocol.state();
    if (state == State.OPEN || state == State.CLOSE_SENT) {
      connection.cut();
    }
  }

  @Override
  public void writable() throws IOException {
    write();
  }

  @Override
  public void drain() {
    link.close(DisconnectReason.GOING_AWAY);
  }

  @Override
  public void stopped() {
    link.closed(DisconnectReason.GOING_AWAY);
  }

  @Override
  public boolean failed() {
    boolean canTell = link.takesMessages() && activity != Activity.WRITING;
    if (canTell) {
      link.abort(DisconnectReason.INTERNAL_ERROR);
    }
    return canTell;
  }

  @Override
  public void ended() {
    end();
  }

  // Calls of the protocol.

  @Override
  public void text(byte[] utf8) {
    pauseUnless(link.text(utf8));
  }

  @Override
  public void binary(byte[] bytes) {
    pauseUnless(link.binary(bytes));
  }

  /**
   * Stops after this message if reading was disabled. A task of the loop would come too late,
   * because one buffer holds thousands of small messages.
   */
  private void pauseUnless(boolean goOn) {
    if (!goOn) {
      protocol.pause();
    }
  }

  @Override
  public void pong(byte[] payload) {} // receive() has noted that the peer is alive

  @Override
  public void closed(int code, String reason) {
    peerEnded(new DisconnectReason(code, reason));
  }

  @Override
  public void exceeded(WebSocketLimits.Kind limit) {
    context
        .limits()
        .count(
            switch (limit) {
              case MESSAGE_BYTES -> Limit.MAX_CLIENT_MESSAGE_BYTES;
              case FRAGMENTS -> Limit.MAX_FRAGMENTS;
              case MESSAGE_RATE -> Limit.MIN_MESSAGE_BYTES_PER_SECOND;
            });
  }

  @Override
  public void failed(int closeCode, String why) {
    LOG.log(Level.DEBUG, "A client broke a rule and is closed with {0}: {1}", closeCode, why);
    peerEnded(new DisconnectReason(closeCode, why));
  }

  private void peerEnded(DisconnectReason reason) {
    link.readEnds(); // an executor that runs tasks in the caller answers the messages now
    if (link.isOpen() && activity == Activity.RECEIVING_WITH_FLUSH_PENDING) {
      connection.run(this::writePending);
    }
    link.peerClosed(reason);
  }

  /**
   * Writes what answers the messages before the peer's close frame or fault. If that had come a
   * moment later, in another packet, these messages would have been answered, too.
   */
  private void writePending() throws IOException {
    int round = 0;
    while (round < MAX_ROUNDS && !connection.isWriteBlocked() && writer.writeBeforeClose()) {
      round++;
    }
  }

  @Override
  public Object memoryGroup() {
    return address();
  }

  private long address() {
    return AddressKey.of(peer.getAddress());
  }

  @Override
  public boolean takeWindowRoom() {
    FairShares.Holding windowRoom = context.compression().windowRoom(address());
    connection.atEnd(windowRoom::end);
    boolean taken = windowRoom.tryTake(PermessageDeflate.WINDOW_BYTES);
    if (!taken) {
      context.limits().count(Limit.MAX_COMPRESSION_WINDOW_BYTES);
    }
    return taken;
  }

  @Override
  public void memoryWanted() {
    context.refusals().count(Refusals.Reason.UNFINISHED_MESSAGES, connection.loop(), peer);
    later(
        () -> {
          protocol.giveUpMessage();
          write();
        });
  }

  private void refuseSlowMessage() throws IOException {
    protocol.refuseSlowMessage();
    write();
  }

  private void write() throws IOException {
    if (activity != Activity.NONE || connection.isWriteBlocked() || connection.stage() != this) {
      if (activity == Activity.RECEIVING) {
        activity = Activity.RECEIVING_WITH_FLUSH_PENDING;
      }
      return; // a write follows when receiving or writing ends, or when the socket has room
    }
    boolean wasCloseWritten = protocol.isCloseWritten();
    activity = Activity.WRITING;
    try {
      int round = 0;
      while (connection.isOpen() && writer.write() && !connection.isWriteBlocked()) {
        if (++round == MAX_ROUNDS) {
          writeLater(); // other connections get their turn
          break;
        }
      }
    } finally {
      activity = Activity.NONE;
    }
    if (!connection.isOpen()) {
      return;
    }
    if (protocol.state() == State.CLOSED) {
      end();
      LingeringClose.begin(connection);
    } else if (protocol.isCloseWritten() && !wasCloseWritten) {
      connection.whenTaken(link::closeSent);
    }
  }

  private void writeLater() {
    if (!willWrite) {
      willWrite = true;
      later(
          () -> {
            willWrite = false;
            write();
          });
    }
  }

  private void end() {
    stopRate();
    protocol.close(); // otherwise the inflater of a message that was cut stays lent
    link.closed(DisconnectReason.ABNORMAL);
  }

  private void later(SocketConnection.Action action) {
    connection.loop().execute(() -> connection.run(action));
  }

  // Calls of the link.

  @Override
  public void flush() {
    connection.run(this); // itself: a lambda for every write would be garbage
  }

  @Override
  public void run() throws IOException {
    write();
  }

  @Override
  public void setReadEnabled(boolean enabled) {
    connection.run(
        () -> {
          if (connection.stage() != this) {
            return;
          }
          connection.setReading(enabled);
          if (enabled) {
            protocol.resume();
            if (rate != null) {
              rate.resume();
            }
            connection.resume();
          } else {
            protocol.pause();
            if (rate != null) {
              rate.pause();
            }
          }
        });
  }

  /** {@inheritDoc} A code that no close frame can carry is told by cutting the connection. */
  @Override
  public void sendClose(DisconnectReason reason) {
    if (CloseCodes.isSendable(reason.code())) {
      protocol.sendClose(reason.code(), reason.reason());
      flush();
    } else {
      connection.cut();
    }
  }

  @Override
  public boolean ping() {
    protocol.sendPing(new byte[0]);
    flush();
    return true;
  }

  @Override
  public long takenBytes(long accepted) {
    return connection.takenBytes();
  }

  @Override
  public int takenPrecisionBytes() {
    return SendBuffer.PRECISION_BYTES;
  }

  @Override
  public void cut() {
    connection.cut();
  }
}
