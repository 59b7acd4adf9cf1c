package io.github.signalhub.spi;

import io.github.signalhub.internal.logger.HubLogger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * One connection of a {@link CallbackTransport}. The platform reports here what the peer does.
 * Thread-safe.
 */
public final class CallbackLink {
  private static final HubLogger LOG = HubLogger.of(CallbackLink.class);

  private final Loop loop;
  private final Registrar registrar;
  private final CallbackSender sender;
  private final Consumer<CallbackLink> onEnd;
  private final Connection connection = new Side();
  private volatile boolean readEnabled = true;

  // Confined to the loop.
  private Inbound inbound;
  private boolean sending;
  private boolean closing;
  private boolean closeSent;
  private boolean aborting;
  private boolean ended;
  private CloseReason reason;

  CallbackLink(
      Loop loop, Registrar registrar, CallbackSender sender, Consumer<CallbackLink> onEnd) {
    this.loop = loop;
    this.registrar = registrar;
    this.sender = sender;
    this.onEnd = onEnd;
  }

  /** Reports a text message of the peer; ignored once the link is closed. */
  public void text(String text) {
    byte[] utf8 = Objects.requireNonNull(text, "text").getBytes(StandardCharsets.UTF_8);
    loop.execute(
        () -> {
          if (isOpen()) {
            inbound.text(utf8);
          }
        });
  }

  /**
   * Reports a binary message of the peer; ignored once the link is closed, and answered with 1003
   * where the application takes none.
   *
   * @param bytes the message, owned by the link from now on
   */
  public void binary(byte[] bytes) {
    Objects.requireNonNull(bytes, "bytes");
    loop.execute(
        () -> {
          if (isOpen() && !inbound.binary(bytes)) {
            connection.abort(CloseReason.UNSUPPORTED_DATA);
          }
        });
  }

  /** Reports that the connection is gone, whoever ended it. Idempotent. */
  public void closed(CloseReason reason) {
    Objects.requireNonNull(reason, "reason");
    loop.execute(() -> end(reason));
  }

  /**
   * Returns whether the hub wants more messages of the peer now. A platform that can stop reading
   * does so while this is {@code false}; what it reports all the same is kept and costs memory.
   */
  public boolean isReadEnabled() {
    return readEnabled;
  }

  void register(Handshake handshake) {
    loop.execute(
        () -> {
          try {
            inbound = registrar.register(connection, handshake);
          } catch (IllegalStateException e) {
            sendClose(CloseReason.GOING_AWAY);
            return;
          } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "The hub refuses a handshake: {0}", e.getMessage());
            sendClose(CloseReason.POLICY_VIOLATION);
            return;
          }
          if (closing) {
            inbound.outbound().seal();
          }
          flush();
        });
  }

  void cut() {
    loop.execute(
        () -> {
          if (!ended) {
            sender.cut();
            end(CloseReason.ABNORMAL);
          }
        });
  }

  private void flush() {
    while (inbound != null && !sending && !ended && !closeSent) {
      ByteBuffer frame = aborting ? null : inbound.outbound().takeFrame();
      if (frame == null) {
        if (aborting || closing && inbound.outbound().isEmpty()) {
          sendClose(reason);
        }
        return;
      }
      send(frame);
    }
  }

  private void send(ByteBuffer frame) {
    int bytes = frame.remaining();
    sending = true;
    Thread caller = Thread.currentThread();
    boolean[] within = {true};
    Runnable done =
        () -> {
          if (within[0] && Thread.currentThread() == caller) {
            accepted(bytes); // and flush() goes on: no recursion, however many are done at once
          } else {
            loop.execute(
                () -> {
                  accepted(bytes);
                  flush();
                });
          }
        };
    try {
      sender.send(StandardCharsets.UTF_8.decode(frame).toString(), done);
    } catch (RuntimeException e) {
      fail(e);
    }
    within[0] = false;
  }

  private void sendClose(CloseReason why) {
    closeSent = true;
    try {
      sender.close(why);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void fail(RuntimeException e) {
    LOG.log(Level.WARNING, "A sender failed", e);
    end(CloseReason.ABNORMAL);
    sender.cut();
  }

  private void accepted(int bytes) {
    if (sending && !ended) {
      sending = false;
      inbound.outbound().accepted(bytes);
    }
  }

  private void end(CloseReason reason) {
    if (!ended) {
      ended = true;
      onEnd.accept(this);
      if (inbound != null) {
        registrar.unregister(inbound, reason);
      }
    }
  }

  private boolean isOpen() {
    return inbound != null && !ended && !closing;
  }

  /** The hub's side of the link. */
  private final class Side implements Connection {
    @Override
    public Loop loop() {
      return loop;
    }

    @Override
    public WireForm wireForm() {
      return WireForm.TEXT;
    }

    @Override
    public void requestFlush() {
      onLoop(CallbackLink.this::flush);
    }

    @Override
    public void setReadEnabled(boolean enabled) {
      readEnabled = enabled;
    }

    @Override
    public void close(CloseReason reason) {
      Objects.requireNonNull(reason, "reason");
      onLoop(() -> startClosing(reason, false));
    }

    @Override
    public void abort(CloseReason reason) {
      Objects.requireNonNull(reason, "reason");
      onLoop(() -> startClosing(reason, true));
    }

    private void startClosing(CloseReason why, boolean abort) {
      if (!closing || abort && !aborting) {
        reason = why;
        closing = true;
        aborting = abort;
        if (inbound != null) {
          inbound.outbound().seal();
        }
        flush();
      }
    }

    private void onLoop(Runnable task) {
      if (loop.inLoop()) {
        task.run();
      } else {
        loop.execute(task);
      }
    }
  }
}
