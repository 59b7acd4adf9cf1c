package io.github.signalhub.stress;

import io.github.signalhub.Hub;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A hub that keeps one message of each topic, with clients on loops that run tasks on request.
 * Small, because a test makes millions of them.
 */
final class Rig {
  /** A strong reference keeps the logger's level. */
  private static final Logger HUB_LOG = Logger.getLogger("io.github.signalhub.Hub");

  static {
    HUB_LOG.setLevel(Level.OFF);
  }

  final Hub hub =
      Hub.builder()
          .topicDefaults(TopicOptions.DEFAULT.withMessages(1))
          .broadcasts(TopicOptions.DEFAULT.withMessages(1))
          .retentionGrace(Duration.ZERO)
          .callbackExecutor(task -> {})
          .nanoClock(() -> 0)
          .build();

  /** Publishes the next message to a topic. */
  void publish(String topic) {
    hub.topic(topic).publish("N", 0);
  }

  /** One loop with one client. */
  static final class Side implements Loop, Connection {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Registrar registrar;
    private final Inbound inbound;
    private final StringBuilder received = new StringBuilder();
    private boolean stalled;
    boolean readEnabled = true;

    /** Connects the client. */
    Side(Rig rig, Handshake handshake) {
      registrar = rig.hub;
      inbound = registrar.register(this, handshake);
    }

    String clientId() {
      return inbound.clientId();
    }

    /** Runs one task, if there is one. */
    boolean turn() {
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
      }
      return task != null;
    }

    /** Runs tasks until there is none. */
    void rest() {
      while (turn()) {}
    }

    void stall(boolean stalled) {
      this.stalled = stalled;
      requestFlush();
    }

    void cut() {
      registrar.unregister(inbound, DisconnectReason.ABNORMAL);
      stalled = true;
    }

    /** Returns the offsets of the messages that arrived, and {@code gap} for each gap. */
    String received() {
      return received.toString().trim();
    }

    /**
     * Returns {@code sound} if every message up to {@code last} arrived once and in order, or a gap
     * announced it as missing. A gap may cover too much: the floor is raised before the slot is
     * cleared. So a message may still arrive just after a gap announced it as missing.
     */
    String account(int last) {
      int position = 0;
      boolean gap = false;
      for (String word : received().split(" ")) {
        if (word.equals("gap")) {
          gap = true;
        } else {
          int offset = Integer.parseInt(word);
          if (gap ? offset <= position : offset != position + 1) {
            return received();
          }
          position = offset;
          gap = false;
        }
      }
      return position == last ? "sound" : received();
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public Loop loop() {
      return this;
    }

    @Override
    public WireForm wireForm() {
      return WireForm.TEXT;
    }

    @Override
    public void requestFlush() {
      while (inbound != null && !stalled) {
        ByteBuffer frame = inbound.outbound().takeFrame();
        if (frame == null) {
          return;
        }
        byte[] text = new byte[frame.remaining()];
        frame.get(text);
        inbound.outbound().accepted(text.length);
        String message = new String(text, StandardCharsets.US_ASCII);
        received.append(
            message.startsWith("{\"type\":\"$gap\"")
                ? "gap "
                : Long.parseLong(message, text.length - 18, text.length - 2, 10) + " ");
      }
    }

    @Override
    public void setReadEnabled(boolean enabled) {
      readEnabled = enabled;
    }

    @Override
    public void close(DisconnectReason reason) {}

    @Override
    public void abort(DisconnectReason reason) {
      received.append("aborted ");
    }
  }
}
