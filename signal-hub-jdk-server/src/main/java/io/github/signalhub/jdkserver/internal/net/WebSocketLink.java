package io.github.signalhub.jdkserver.internal.net;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.ws.CloseCodes;
import io.github.signalhub.jdkserver.internal.ws.DeflateParameters;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol;
import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol.State;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.WireForm;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection behind its handshake: one client of the hub. Turns the peer's bytes into messages
 * and writes what the hub holds for it.
 *
 * <p>The way to an end: {@link #close} lets everything be sent first, {@link #abort} only the rest
 * of a half-written frame; then comes the close frame, then the peer's, within the close timeout,
 * then {@link LingeringClose}. A peer that reads slowly gets all of its frame and the close after
 * it: until its system has taken the close frame, the write timeout alone limits its time. However
 * it ends, it is unregistered once, with the reason of whoever ended it first.
 *
 * <p>Confined to the loop, except for what {@link Connection} declares, which is thread-safe.
 */
final class WebSocketLink implements Stage, Connection, WebSocketProtocol.Handler {
  private static final HubLogger LOG = HubLogger.of(WebSocketLink.class);
  private static final int MAX_ROUNDS = 4;

  private final Endpoint endpoint;
  private final Shared shared;
  private final WebSocketProtocol protocol;
  private final FrameForm form;
  private final LinkWriter writer;
  private final InetSocketAddress peer;
  private final long address;
  private final FairShares.Holding windowRoom;
  private final IdleWatch idle;
  private final MessageRate rate;
  private final TimerWheel.Timer closeDeadline;
  private final AtomicBoolean flushRequested = new AtomicBoolean();
  private volatile boolean readWanted = true;
  private Inbound inbound; // null before registration and after the end
  private CloseReason ending;
  private boolean draining;
  private boolean aborted;
  private boolean receiving;
  private boolean flushing;
  private boolean yielded;
  private boolean closeWritten;
  private boolean owed; // a flush that waits for the end of receive

  /**
   * Makes a link.
   *
   * @param upgrade the handshake; its 101 is still to be written
   */
  WebSocketLink(Endpoint endpoint, Shared shared, Upgrade upgrade) {
    this.endpoint = endpoint;
    this.shared = shared;
    Optional<DeflateParameters> agreed = upgrade.accepted().deflate();
    this.form = shared.compression().form(agreed);
    this.peer = upgrade.peer().address();
    this.address = Census.key(peer.getAddress());
    this.windowRoom = shared.compression().windowRoom(address);
    this.protocol =
        shared
            .compression()
            .protocol(shared.options().webSocketLimits(), shared.memory(), this, agreed);
    this.writer = new LinkWriter(endpoint, protocol, upgrade.response());
    TimerWheel timers = endpoint.loop().timers();
    this.idle =
        new IdleWatch(
            timers, shared.options().timeouts(), endpoint.progress(), this::ping, this::noPong);
    this.rate =
        new MessageRate(
            timers,
            System::nanoTime,
            shared.options().minMessageBytesPerSecond(),
            () -> endpoint.run(this::refuseSlowMessage));
    this.closeDeadline = timers.timer(endpoint::cut);
  }

  /**
   * Registers the link. A hub that is closed takes no more clients; this one is told.
   *
   * @throws IllegalArgumentException if the hub does not take what was granted
   */
  void register(Handshake handshake) {
    try {
      inbound = requireNonNull(shared.registrar().register(this, handshake), "inbound");
      writer.begin(inbound.outbound());
      if (draining) {
        writer.seal(); // closed while it was being registered
      }
      idle.start();
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "The hub takes no more clients: {0}", e.getMessage());
      end(CloseReason.GOING_AWAY);
    }
  }

  /** Begins to write, with the response to the handshake. */
  void begin() throws IOException {
    flush();
  }

  @Override
  public Loop loop() {
    return endpoint.loop();
  }

  @Override
  public WireForm wireForm() {
    return form;
  }

  @Override
  public void requestFlush() {
    if (endpoint.loop().inLoop()) {
      endpoint.run(this::flush);
    } else if (flushRequested.compareAndSet(false, true)) {
      onLoop(
          () -> {
            flushRequested.set(false);
            flush();
          });
    }
  }

  @Override
  public void setReadEnabled(boolean enabled) {
    readWanted = enabled;
    if (enabled || !endpoint.loop().inLoop()) {
      later(this::applyReadWanted); // what was kept is not taken inside the call: its caller locks
    } else {
      endpoint.run(this::applyReadWanted); // at once, in the middle of what was read
    }
  }

  @Override
  public void close(CloseReason reason) {
    requireNonNull(reason, "reason");
    onLoop(() -> beginClose(reason));
  }

  @Override
  public void abort(CloseReason reason) {
    requireNonNull(reason, "reason");
    onLoop(() -> beginAbort(reason));
  }

  @Override
  public void receive(ByteBuffer in) throws IOException {
    receiving = true;
    idle.received();
    try {
      protocol.receive(in);
    } finally {
      receiving = false;
    }
    if (protocol.hasUnfinishedMessage()) {
      rate.await(protocol.messagesBegun(), protocol.unfinishedBytes());
    } else {
      rate.awaitNothing();
    }
    flush();
  }

  @Override
  public Object memoryGroup() {
    return address;
  }

  @Override
  public boolean takeWindowRoom() {
    return windowRoom.tryTake(PermessageDeflate.WINDOW_BYTES);
  }

  @Override
  public void memoryWanted() {
    shared.capacity().refusals().count(Refusals.Reason.UNFINISHED_MESSAGES, endpoint.loop(), peer);
    later(
        () -> {
          protocol.giveUpMessage();
          flush();
        });
  }

  private void refuseSlowMessage() throws IOException {
    protocol.refuseSlowMessage();
    flush();
  }

  @Override
  public void inputEnded() {
    State state = protocol.state();
    if (state == State.OPEN || state == State.CLOSE_SENT) {
      endpoint.cut();
    }
  }

  @Override
  public void writable() throws IOException {
    flush();
  }

  @Override
  public void drain() throws IOException {
    beginClose(CloseReason.GOING_AWAY);
  }

  @Override
  public void stopped() {
    ending = ending == null ? CloseReason.GOING_AWAY : ending;
  }

  @Override
  public boolean failed() throws IOException {
    boolean canTell = !aborted && !flushing && inbound != null;
    if (canTell) {
      beginAbort(CloseReason.INTERNAL_ERROR);
    }
    return canTell;
  }

  @Override
  public void cut() {
    unregister(CloseReason.ABNORMAL);
  }

  @Override
  public void text(byte[] utf8) {
    if (takesMessages()) {
      inbound.text(utf8);
      heedOtherThreads();
    }
  }

  @Override
  public void binary(byte[] bytes) {
    if (takesMessages() && !inbound.binary(bytes)) {
      abort(CloseReason.UNSUPPORTED_DATA);
    }
    heedOtherThreads();
  }

  /**
   * Stops behind this message if another thread wants so. What it left on the loop would be late:
   * one buffer holds thousands of small messages.
   */
  private void heedOtherThreads() {
    if (!readWanted) {
      protocol.pause();
    }
  }

  private boolean takesMessages() {
    return !aborted && inbound != null;
  }

  @Override
  public void pong(byte[] payload) {} // that something came is what counts

  @Override
  public void closed(int code, String reason) {
    peerEnded(new CloseReason(code, reason));
  }

  @Override
  public void failed(int closeCode, String why) {
    LOG.log(Level.DEBUG, "A client broke a rule and is closed with {0}: {1}", closeCode, why);
    peerEnded(new CloseReason(closeCode, why));
  }

  private void peerEnded(CloseReason reason) {
    if (ending == null && owed) {
      endpoint.run(this::flushOwed);
    }
    ending = ending == null ? reason : ending;
    idle.stop();
  }

  /**
   * Writes what answers the messages in front of the peer's close or fault: had that come a moment
   * later, in another packet, they would have been answered, too.
   */
  private void flushOwed() throws IOException {
    for (int round = 0; round < MAX_ROUNDS && !endpoint.isWriteBlocked(); round++) {
      if (!writer.writeBeforeClose()) {
        return;
      }
    }
  }

  private void beginClose(CloseReason reason) throws IOException {
    if (ending == null) {
      ending = reason;
      draining = true;
      writer.seal();
      flush();
    }
  }

  private void beginAbort(CloseReason reason) throws IOException {
    if (protocol.state() == State.OPEN) {
      aborted = true;
      draining = false;
      end(reason);
      flush();
    }
  }

  /** Queues our close frame; what code it cannot carry is told by cutting the connection. */
  private void end(CloseReason reason) {
    ending = reason;
    if (CloseCodes.isSendable(reason.code())) {
      protocol.sendClose(reason.code(), reason.reason());
      idle.stop();
    } else {
      endpoint.cut();
    }
  }

  private void applyReadWanted() throws IOException {
    if (endpoint.stage() != this) {
      return;
    }
    boolean enabled = readWanted;
    endpoint.setReading(enabled);
    if (enabled) {
      protocol.resume();
      idle.resume();
      rate.resume();
      endpoint.resume();
    } else {
      protocol.pause();
      idle.pause();
      rate.pause();
    }
  }

  private void ping() {
    endpoint.run(
        () -> {
          protocol.sendPing(new byte[0]);
          flush();
        });
  }

  private boolean noPong() {
    if (protocol.hasControl()) {
      return false; // the ping is not written yet: that a write is stuck is watched elsewhere
    }
    LOG.log(Level.DEBUG, "A client did not answer a ping in time and is closed");
    endpoint.cut();
    return true;
  }

  private void flush() throws IOException {
    if (receiving || flushing || endpoint.isWriteBlocked() || endpoint.stage() != this) {
      owed |= receiving;
      return; // each of them flushes when it ends
    }
    owed = false;
    flushing = true;
    try {
      int round = 0;
      while (endpoint.isOpen() && writeOrEnd()) {
        if (++round == MAX_ROUNDS) {
          yieldToOthers();
          break;
        }
      }
    } finally {
      flushing = false;
    }
    if (!endpoint.isOpen()) {
      return;
    }
    if (protocol.state() == State.CLOSED) {
      unregister(ending);
      LingeringClose.begin(endpoint);
    } else if (protocol.isCloseWritten() && !closeWritten) {
      closeWritten = true;
      endpoint.whenTaken(() -> closeDeadline.start(shared.options().timeouts().close().toNanos()));
    }
  }

  /** Writes once; returns whether there may be more to write and the socket is not full. */
  private boolean writeOrEnd() throws IOException {
    if (writer.write()) {
      return !endpoint.isWriteBlocked();
    }
    if (draining && writer.isDrained()) {
      draining = false;
      end(ending);
      return true;
    }
    return protocol.hasControl(); // what the hub, asked for more, answered with an abort
  }

  private void yieldToOthers() {
    if (!yielded) {
      yielded = true;
      endpoint
          .loop()
          .execute(
              () -> {
                yielded = false;
                endpoint.run(this::flush);
              });
    }
  }

  private void unregister(CloseReason reason) {
    idle.stop();
    rate.stop();
    closeDeadline.cancel();
    protocol.close(); // or the inflater of a message that was cut would stay lent
    windowRoom.end();
    writer.end();
    Inbound registered = inbound;
    inbound = null;
    if (registered != null) {
      shared.registrar().unregister(registered, ending == null ? reason : ending);
    }
  }

  private void onLoop(Endpoint.Action action) {
    if (endpoint.loop().inLoop()) {
      endpoint.run(action);
    } else {
      later(action);
    }
  }

  private void later(Endpoint.Action action) {
    try {
      endpoint.loop().execute(() -> endpoint.run(action));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "The server has stopped, and this link with it");
    }
  }
}
