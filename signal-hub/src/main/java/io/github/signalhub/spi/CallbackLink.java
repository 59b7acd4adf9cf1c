package io.github.signalhub.spi;

import io.github.signalhub.internal.logger.HubLogger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One connection of a {@link CallbackTransport}. The platform reports here what the peer does.
 *
 * <p>What the hub has not taken yet waits in the link: at most {@value #MAX_WAITING_MESSAGES}
 * messages and {@value #MAX_WAITING_BYTES} bytes, or one message of any length that the hub allows.
 * {@link #isReadEnabled} turns {@code false} long before. The first message beyond that is dropped,
 * and its peer is closed with 1013. A message larger than {@link Registrar#maxMessageBytes} is
 * dropped too, and its peer is closed with 1009. What follows either is ignored.
 *
 * <p>No method throws, but for an argument that is {@code null}. Thread-safe.
 */
public final class CallbackLink {
  /** The most messages that wait for the hub. */
  public static final int MAX_WAITING_MESSAGES = 16 * 1024;

  /**
   * The most bytes of messages that wait for the hub, texts in UTF-8; one message may be longer.
   */
  public static final int MAX_WAITING_BYTES = 4 << 20;

  /** After so many messages other links get their turn on the loop. */
  private static final int TURN = 64;

  private static final HubLogger LOG = HubLogger.of(CallbackLink.class);

  private final Loop loop;
  private final Registrar registrar;
  private final CallbackSender sender;
  private final Consumer<CallbackLink> onEnd;
  private final Link link;
  private final Inbox inbox = new Inbox();
  private final AtomicBoolean gone = new AtomicBoolean();
  private ByteBuffer underWay; // the frame that the sender has; confined to the loop

  CallbackLink(
      Loop loop, Registrar registrar, CallbackSender sender, Consumer<CallbackLink> onEnd) {
    this.loop = loop;
    this.registrar = registrar;
    this.sender = sender;
    this.onEnd = onEnd;
    this.link = new Link(loop, WireForm.TEXT, LinkTimeouts.DEFAULT, new Side());
  }

  /** Reports a text message of the peer; ignored once the link is closed. */
  public void text(String text) {
    int bytesAtLeast = Objects.requireNonNull(text, "text").length();
    if (isWelcome(bytesAtLeast)) {
      receive(new Inbox.Received(true, text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /**
   * Reports a binary message of the peer; ignored once the link is closed, and answered with 1003
   * where the application takes none.
   *
   * @param bytes the message, owned by the link from now on
   */
  public void binary(byte[] bytes) {
    receive(new Inbox.Received(false, Objects.requireNonNull(bytes, "bytes")));
  }

  /**
   * Reports that the connection is gone, whoever ended it. The hub gets the messages that were
   * reported before. Idempotent.
   */
  public void closed(CloseReason reason) {
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

  /** Reports that something came from the peer, such as the answer to a ping. */
  public void received() {
    loop.execute(link::received);
  }

  /**
   * Returns whether the hub wants more messages of the peer now. A platform that can stop reading
   * does so while this is {@code false}. What it reports all the same waits within the limits of
   * this class.
   */
  public boolean isReadEnabled() {
    return link.isReadEnabled() && !inbox.isFull();
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
            refuse(CloseReason.GOING_AWAY);
          } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "The hub refuses a handshake: {0}", e.getMessage());
            refuse(CloseReason.POLICY_VIOLATION);
          } catch (Throwable e) { // such as no memory
            LOG.log(Level.WARNING, "A connection could not be registered", e);
            refuse(CloseReason.INTERNAL_ERROR);
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

  private boolean isWelcome(int bytes) {
    if (inbox.isClosed()) {
      return false;
    }
    if (bytes > registrar.maxMessageBytes()) {
      exceed(CloseReason.TOO_LARGE);
      return false;
    }
    if (!inbox.hasRoom(bytes)) {
      exceed(CloseReason.TRY_AGAIN_LATER);
      return false;
    }
    return true;
  }

  private void receive(Inbox.Received message) {
    if (isWelcome(message.bytes().length)) {
      switch (inbox.add(message)) {
        case FIRST -> loop.execute(this::deliver);
        case NO_ROOM -> exceed(CloseReason.TRY_AGAIN_LATER); // other threads were faster
        case NEXT, CLOSED -> {} // somebody delivers already, or nobody will
      }
    }
  }

  private void exceed(CloseReason why) {
    if (inbox.close()) {
      LOG.log(Level.DEBUG, "A client sends too much and is closed with {0}", why);
      loop.execute(
          () -> {
            handOver(Integer.MAX_VALUE);
            link.abort(why);
          });
    }
  }

  /** Hands over what waits while the hub reads. Whoever adds to an empty inbox calls this. */
  private void deliver() {
    handOver(TURN);
  }

  private void handOver(int atMost) {
    boolean all = atMost == Integer.MAX_VALUE; // what a peer sent before it left is not lost
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
    link.received();
    try {
      if (message.isText()) {
        link.text(message.bytes());
      } else {
        link.binary(message.bytes());
      }
    } catch (Throwable e) { // such as no memory: a message is lost, and the peer learns of it
      LOG.log(Level.WARNING, "A message could not be handed over", e);
      link.abort(CloseReason.INTERNAL_ERROR);
    }
  }

  private void send(ByteBuffer frame) {
    int bytes = frame.remaining();
    underWay = frame;
    Thread caller = Thread.currentThread();
    boolean[] within = {true};
    Runnable done =
        () -> {
          if (Thread.currentThread() == caller && within[0]) {
            accepted(frame, bytes); // and flush goes on: no recursion, however many are done
          } else {
            loop.execute(
                () -> {
                  accepted(frame, bytes);
                  link.requestFlush();
                });
          }
        };
    sender.send(StandardCharsets.UTF_8.decode(frame).toString(), done);
    within[0] = false;
  }

  private void accepted(ByteBuffer frame, int bytes) {
    if (underWay == frame) { // else it was told twice
      underWay = null;
      link.accepted(bytes);
    }
  }

  /** Says goodbye to a peer of which the hub makes no client. */
  private void refuse(CloseReason why) {
    inbox.drop();
    link.refuse(why);
  }

  private void ended() {
    inbox.drop();
    onEnd.accept(this);
  }

  /** What the link does with the platform's connection. */
  private final class Side implements PlatformConnection {
    @Override
    public void flush() {
      while (underWay == null) {
        ByteBuffer frame = link.takeFrame();
        if (frame == null) {
          return;
        }
        send(frame);
      }
    }

    @Override
    public void setReadEnabled(boolean enabled) {
      if (enabled) {
        deliver();
      }
    }

    @Override
    public void closing() {
      if (!link.takesMessages()) {
        inbox.drop();
      }
    }

    @Override
    public void sendClose(CloseReason reason) {
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
