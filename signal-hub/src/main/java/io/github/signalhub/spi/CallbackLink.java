package io.github.signalhub.spi;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.logger.HubLogger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One connection of a {@link CallbackTransport}. The platform reports here the acts of the peer.
 *
 * <p>Messages come whole or in parts. The link puts the parts together. Messages that the hub has
 * not taken wait in the link. The hub counts all of this for all its clients together, as soon as
 * the platform reports a part. Each limit ends the connection:
 *
 * <ul>
 *   <li>1009: a message has more than {@link Registrar#maxClientMessageBytes}. Nothing of it is
 *       kept.
 *   <li>1013: more than {@value #MAX_WAITING_MESSAGES} messages or {@value #MAX_WAITING_BYTES}
 *       bytes wait. One message may be longer, if nothing else waits. {@link #isReadEnabled} turns
 *       {@code false} long before.
 *   <li>1013: all clients hold too much, and this one holds most.
 *   <li>1013: an unfinished message comes more slowly than {@link
 *       CallbackTransport.Builder#minMessageBytesPerSecond}.
 *   <li>1002: a text begins within a binary message, or the other way round (RFC 6455 §5.4).
 * </ul>
 *
 * <p>Later messages are ignored. The platform stops reading while the hub wants no more, in one of
 * these ways:
 *
 * <ul>
 *   <li>A platform that reads on demand does as {@link CallbackSender#setReadEnabled} says.
 *   <li>A platform with a thread for each connection calls {@link #awaitReading} on it after each
 *       message.
 *   <li>A platform that can do neither reads on. Its peers are closed with 1013 at the limits.
 * </ul>
 *
 * <p>No method throws, except where stated. Thread-safe.
 */
public final class CallbackLink {
  /** The most messages that wait for the hub. */
  public static final int MAX_WAITING_MESSAGES = 16 * 1024;

  /**
   * The most bytes of messages that wait for the hub, texts in UTF-8; one message may be longer.
   */
  public static final int MAX_WAITING_BYTES = 4 << 20;

  /** A further text is sent together with others while those have fewer bytes than this. */
  static final int MAX_BYTES_PER_SEND = 64 * 1024;

  /** After so many messages other links get their turn on the loop. */
  private static final int TURN = 64;

  private static final DisconnectReason WITHIN_ANOTHER =
      new DisconnectReason(1002, "a message within another");

  private static final HubLogger LOG = HubLogger.of(CallbackLink.class);

  private final Loop loop;
  private final Registrar registrar;
  private final CallbackSender sender;
  private final CallbackTransport.Options options;
  private final Consumer<CallbackLink> onEnd;
  private final Link link;
  private final Inbox inbox;
  private final Object reporting = new Object();
  private final AtomicBoolean gone = new AtomicBoolean();

  /** Whether a task will see that something came from the peer. */
  private final AtomicBoolean noticing = new AtomicBoolean();

  // Confined to the loop.
  private final Loop.Timer rate;
  private List<String> underWay = List.of(); // the texts that the sender has
  private boolean toldToRead = true; // the last that the sender was told: changes alone are told

  CallbackLink(
      Loop loop,
      Registrar registrar,
      Handshake handshake,
      CallbackSender sender,
      CallbackTransport.Options options,
      Consumer<CallbackLink> onEnd) {
    this.loop = loop;
    this.registrar = registrar;
    this.sender = sender;
    this.options = options;
    this.onEnd = onEnd;
    link = new Link(loop, WireForm.TEXT, options.timeouts(), new Side(), options.nanoClock());
    rate = loop.timer(this::watchRate);
    inbox =
        new Inbox(
            registrar.reservation(handshake, this::evict),
            registrar.maxClientMessageBytes(),
            options.minMessageBytesPerSecond(),
            options.nanoClock(),
            link::isReadEnabled);
  }

  /** Reports a whole text message of the peer, or its last part. Ignored after the end. */
  public void text(String text) {
    textPart(text, true);
  }

  /**
   * Reports a part of a text message of the peer. Ignored after the end. A platform that receives
   * bytes decodes them first, across its parts.
   *
   * @param part the next characters; a pair of surrogates may be split between two parts
   * @param last whether the message ends with them
   */
  public void textPart(String part, boolean last) {
    Objects.requireNonNull(part, "part");
    report(() -> inbox.addText(part, last));
  }

  /**
   * Reports a whole binary message of the peer, or its last part. See {@link #binaryPart(byte[],
   * boolean)}.
   *
   * @param bytes the message, owned by the link from now on
   */
  public void binary(byte[] bytes) {
    binaryPart(bytes, true);
  }

  /**
   * Reports a part of a binary message of the peer. Ignored after the end. Where the application
   * takes no binary messages, the end of one closes the connection with 1003.
   *
   * @param part the next bytes, owned by the link from now on
   * @param last whether the message ends with them
   */
  public void binaryPart(byte[] part, boolean last) {
    Objects.requireNonNull(part, "part");
    report(() -> inbox.addBinary(part, last));
  }

  /**
   * Reports a part of a binary message of the peer. See {@link #binaryPart(byte[], boolean)}.
   *
   * @param part the next bytes, which are copied within this call; its position stays
   * @param last whether the message ends with them
   */
  public void binaryPart(ByteBuffer part, boolean last) {
    Objects.requireNonNull(part, "part");
    report(
        () -> {
          Inbox.Added refused = inbox.refusal(false, part.remaining());
          if (refused != null) {
            return refused;
          }
          byte[] bytes = new byte[part.remaining()];
          part.duplicate().get(bytes);
          return inbox.addBinary(bytes, last);
        });
  }

  /**
   * Reports that the connection is gone. Either side may have ended it. The hub gets the messages
   * that were reported before. The first reason counts: after {@link CallbackSender#close} it is
   * the hub's. Idempotent.
   *
   * @param reason the peer's close code; 1005 if its close had none, 1006 if the connection was cut
   *     or the code is outside of 1000 to 4999
   */
  public void closed(DisconnectReason reason) {
    Objects.requireNonNull(reason, "reason");
    if (gone.compareAndSet(false, true)) {
      loop.execute(
          () -> {
            handOver(Integer.MAX_VALUE);
            link.closed(reason);
            ended();
          });
    }
  }

  /**
   * Reports that something came from the peer, such as the answer to a ping, or bytes of a message
   * that is not complete.
   */
  public void received() {
    if (noticing.compareAndSet(false, true)) {
      loop.execute(this::notice);
    }
  }

  /**
   * Returns whether the hub wants more messages of the peer now. {@code true} after the end: the
   * platform reads the peer's goodbye.
   */
  public boolean isReadEnabled() {
    return inbox.isReadEnabled();
  }

  /**
   * Waits until the hub wants more messages of the peer, or the link ends. For platforms with a
   * thread for each connection. Does not wait if it is called within {@link CallbackSender}.
   *
   * @param atMost how long to wait; 0 or less: not at all
   * @return {@link #isReadEnabled}; {@code false} if the time is over
   * @throws InterruptedException if the thread is interrupted before or while it waits
   */
  public boolean awaitReading(Duration atMost) throws InterruptedException {
    long nanos = TimeUnit.NANOSECONDS.convert(atMost); // as much as fits
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return inbox.awaitReading(loop.inLoop() ? 0 : nanos);
  }

  /** Returns how many bytes of messages wait for the hub. */
  int waitingBytes() {
    return inbox.waitingBytes();
  }

  Loop loop() {
    return loop;
  }

  void register(Handshake handshake) {
    loop.execute(
        () -> {
          try {
            link.register(registrar, handshake);
            deliver();
          } catch (IllegalStateException e) {
            refuse(DisconnectReason.GOING_AWAY);
          } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "The hub refuses a handshake: {0}", e.getMessage());
            refuse(DisconnectReason.POLICY_VIOLATION);
          } catch (Throwable e) { // such as no memory
            LOG.log(Level.WARNING, "A connection could not be registered", e);
            refuse(DisconnectReason.INTERNAL_ERROR);
          }
        });
  }

  void cut() {
    loop.execute(this::cutNow);
  }

  /** Cuts the link; on the loop. */
  void cutNow() {
    link.cut();
  }

  /** Adds a part; one thread at a time. */
  private void report(Supplier<Inbox.Added> part) {
    Inbox.Added added;
    synchronized (reporting) {
      try {
        added = part.get();
      } catch (Throwable e) { // such as no memory: a message is lost, and the peer learns of it
        LOG.log(Level.WARNING, "A message could not be kept", e);
        abort(DisconnectReason.INTERNAL_ERROR);
        return;
      }
    }
    switch (added) {
      case FIRST -> loop.execute(this::deliver);
      case KEPT -> received();
      case TOO_LARGE -> abort(DisconnectReason.TOO_LARGE, ClientLimit.MESSAGE_BYTES);
      case NO_ROOM -> abort(DisconnectReason.TRY_AGAIN_LATER, ClientLimit.WAITING_MESSAGES);
      case WITHIN_ANOTHER -> abort(WITHIN_ANOTHER);
      case CLOSED -> {} // nobody delivers it
    }
  }

  /** Ends the link for a fault, after the messages that came before it. */
  private void abort(DisconnectReason why) {
    abort(why, link -> {});
  }

  /** Ends the link of a peer that reached a limit. */
  private void abort(DisconnectReason why, ClientLimit limit) {
    abort(why, link -> link.limitReached(limit));
  }

  private void abort(DisconnectReason why, Consumer<Link> first) {
    if (inbox.close()) {
      LOG.log(Level.DEBUG, "A client breaks a limit and is closed with {0}", why);
      loop.execute(
          () -> {
            handOver(Integer.MAX_VALUE);
            first.accept(link);
            link.abort(why);
          });
    }
  }

  /**
   * Drops the messages that wait, because all clients hold too much, and this one holds most. On
   * any thread.
   */
  private void evict() {
    inbox.drop();
    loop.execute(() -> link.abort(DisconnectReason.TRY_AGAIN_LATER));
  }

  /** Notices that something came from the peer, maybe a part of a message. */
  private void notice() {
    noticing.set(false); // first: what comes now is noticed by another task
    link.received();
    watchRate();
  }

  /** Closes the peer if the rest of its message comes too slowly. */
  private void watchRate() {
    long left = inbox.nanosUntilLate();
    if (left <= 0) {
      abort(DisconnectReason.TRY_AGAIN_LATER, ClientLimit.MESSAGE_RATE);
    } else if (left < Long.MAX_VALUE && !rate.isRunning()) {
      rate.start(left);
    }
  }

  /**
   * Hands over the messages that wait while the hub reads. Called after a message was added to an
   * empty inbox.
   */
  private void deliver() {
    handOver(TURN);
    tellDemand();
  }

  /** Tells the platform whether to read, if that has changed. */
  private void tellDemand() {
    boolean reads = inbox.isReadEnabled();
    watchRate(); // its time may go on
    if (reads != toldToRead && !link.hasEnded()) {
      toldToRead = reads;
      try {
        sender.setReadEnabled(reads);
      } catch (Throwable e) {
        LOG.log(Level.WARNING, "A platform failed, and its connection is cut", e);
        link.cut();
      }
    }
  }

  private void handOver(int atMost) {
    link.readBegins();
    try {
      handOverUpTo(atMost);
    } finally {
      link.readEnds();
    }
  }

  private void handOverUpTo(int atMost) {
    boolean all =
        atMost == Integer.MAX_VALUE; // messages that a peer sent before it left are not lost
    for (int i = 0; link.takesMessages() && (all || link.isReadEnabled()); i++) {
      if (i == atMost) {
        loop.execute(this::deliver);
        return;
      }
      Inbox.Received next = inbox.poll();
      if (next == null) {
        return;
      }
      handOver(next);
    }
  }

  private void handOver(Inbox.Received message) {
    try {
      if (message.isText()) {
        link.text(message.bytes());
      } else {
        link.binary(message.bytes());
      }
    } catch (Throwable e) { // such as no memory: a message is lost, and the peer learns of it
      LOG.log(Level.WARNING, "A message could not be handed over", e);
      link.abort(DisconnectReason.INTERNAL_ERROR);
    }
  }

  private void send(List<String> texts) {
    underWay = texts;
    Thread caller = Thread.currentThread();
    boolean[] within = {true};
    Runnable done =
        () -> {
          if (Thread.currentThread() == caller && within[0]) {
            accepted(texts); // and flush goes on: no recursion, however many are done
          } else {
            loop.execute(
                () -> {
                  accepted(texts);
                  link.requestFlush();
                });
          }
        };
    if (options.maxTextsPerSend() > 1) {
      sender.send(texts, done);
    } else {
      sender.send(texts.get(0), done);
    }
    within[0] = false;
  }

  private void accepted(List<String> texts) {
    if (underWay == texts) { // else it was told twice
      underWay = List.of();
      link.accepted(link.unfinished());
    }
  }

  /** Says goodbye to a peer of which the hub makes no client. */
  private void refuse(DisconnectReason why) {
    inbox.drop();
    link.refuse(why);
  }

  private void ended() {
    inbox.drop();
    rate.cancel();
    onEnd.accept(this);
  }

  /** The platform's connection, as the link drives it. */
  private final class Side implements PlatformConnection {
    @Override
    public void flush() {
      while (underWay.isEmpty()) {
        List<String> texts = link.takeTexts(options.maxTextsPerSend(), MAX_BYTES_PER_SEND);
        if (texts.isEmpty()) {
          return;
        }
        send(texts);
      }
    }

    @Override
    public void setReadEnabled(boolean enabled) {
      inbox.updateDemand();
      loop.execute(CallbackLink.this::deliver); // the caller may hold locks
    }

    @Override
    public void closing() {
      if (!link.takesMessages()) {
        inbox.drop();
        tellDemand();
      }
    }

    @Override
    public void sendClose(DisconnectReason reason) {
      handOver(Integer.MAX_VALUE); // the messages that came before our goodbye
      inbox.drop(); // the peer's goodbye is read though the hub wants no more
      tellDemand();
      sender.close(reason);
      link.closeSent();
    }

    @Override
    public boolean ping() {
      return sender.ping();
    }

    @Override
    public void cut() {
      ended();
      sender.cut();
    }
  }
}
