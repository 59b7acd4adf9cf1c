package io.github.signalhub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages whose wire form takes too long for a loop. Only clients that need the form wait. */
@Timeout(60)
class SlowFormsTest {
  private static final String LARGE = "x".repeat(1_000);

  private final Queue<Runnable> encodings = new ArrayDeque<>();
  private final TaskLoop loop = new TaskLoop();
  private final Hub hub = hub(1 << 20);

  @Test
  void whoWaitsGetsEverythingInOrder() {
    Link link = connect(new SlowForm());

    broadcast("small", LARGE, "behind", LARGE);

    assertThat(link.arrived()).containsExactly("small");
    encode();
    assertThat(link.arrived()).containsExactly("small", "slow", "behind");
    encode();
    assertThat(link.arrived()).containsExactly("small", "slow", "behind", "slow");
  }

  @Test
  void aFormIsMadeOnceForAllWhoWait() {
    SlowForm form = new SlowForm();
    List<Link> links = List.of(connect(form), connect(form), connect(form));

    broadcast(LARGE);
    links.forEach(link -> assertThat(link.arrived()).isEmpty());
    assertThat(encodings).hasSize(1);
    encode();

    links.forEach(link -> assertThat(link.arrived()).containsExactly("slow"));
  }

  @Test
  void whoHasAnotherFormDoesNotWait() {
    connect(new SlowForm());
    Link plain = connect(WireForm.TEXT);

    broadcast(LARGE, "behind");

    assertThat(plain.arrived()).hasSize(2).last().isEqualTo("behind");
  }

  @Test
  void aCloseWaitsToo() {
    Link link = connect(new SlowForm());
    broadcast(LARGE, "behind");
    loop.run();

    hub.clients().forEach(Client::close);
    loop.run();
    assertThat(link.closed).isNull();
    encode();

    assertThat(link.arrived()).containsExactly("slow", "behind");
    assertThat(link.closed).isEqualTo(DisconnectReason.NORMAL);
  }

  @Test
  void controlMessagesDoNotWait() {
    Link link = connect(new SlowForm(), Handshake.builder().controlMessages(true));
    assertThat(link.arrived()).containsExactly("$hello");
    broadcast(LARGE);
    loop.run();

    hub.clients().iterator().next().sayGoodbye(ControlMessage.bye(0));

    assertThat(link.arrived()).containsExactly("$hello", "$bye");
    encode();
    assertThat(link.arrived()).containsExactly("$hello", "$bye", "slow");
  }

  @Test
  void longControlMessagesAreEncodedQuickly() {
    Link link = connect(new SlowForm(), Handshake.builder().controlMessages(true));

    hub.clients().iterator().next().sayGoodbye(ControlMessage.error(1, "long", LARGE));

    assertThat(link.arrived()).containsExactly("$hello", "$error");
  }

  @Test
  void theLogFillsUpRatherThanLosingWhatSomebodyWaitsFor() {
    Hub small = hub(10_000);
    Link link = connect(small, new SlowForm(), Handshake.builder());
    int accepted = 0;
    while (accepted < 100 && small.broadcast("N", LARGE).isAccepted()) {
      accepted++;
      loop.run(); // so everything is offered, except to clients whose form is not ready
    }

    assertThat(accepted).isBetween(5, 9);
    while (!encodings.isEmpty()) {
      encode();
      loop.run();
    }

    assertThat(link.arrived()).hasSize(accepted);
    assertThat(link.closed).isNull();
    assertThat(small.broadcast("N", LARGE).isAccepted()).isTrue();
  }

  @Test
  void whoReadsOldMessagesHoldsUpNothing() {
    Hub small = hub(10_000);
    String before = small.lastId();
    connect(small, WireForm.TEXT, Handshake.builder());
    small.broadcast("N", LARGE);
    loop.run(); // it has been offered to all clients of that time

    connect(small, new SlowForm(), Handshake.builder().after(before));
    loop.run();
    assertThat(encodings).hasSize(1);

    for (int n = 0; n < 20; n++) {
      assertThat(small.broadcast("N", "small " + n).isAccepted()).isTrue();
      loop.run();
    }
    for (int n = 0; n < 100; n++) {
      assertThat(small.user("nobody").send("N", LARGE).isAccepted()).isTrue();
    }
  }

  @Test
  void whoLeavesMeanwhileIsForgotten() {
    Link link = connect(new SlowForm());
    broadcast(LARGE);
    loop.run();

    link.end(DisconnectReason.ABNORMAL);
    encode();

    assertThat(link.arrived()).isEmpty();
    assertThat(hub.clients()).isEmpty();
  }

  @Test
  void aFormThatFailsInEveryWayEndsTheLinksThatNeedIt() {
    Link link =
        connect(
            new WireForm() {
              @Override
              public byte[] encode(byte[] json) {
                throw new IllegalStateException("on purpose");
              }

              @Override
              public boolean isSlow(byte[] json) {
                return true;
              }
            });

    broadcast("any");
    loop.run();
    try {
      encode();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("on purpose"); // the executor needs time to report
    }
    loop.run();

    assertThat(link.closed).isEqualTo(DisconnectReason.INTERNAL_ERROR);
  }

  private Hub hub(int maxLogBytes) {
    return Hub.builder()
        .callbackExecutor(Runnable::run)
        .maxLogBytes(maxLogBytes)
        .retentionGrace(Duration.ZERO)
        .build(encodings::add);
  }

  private Link connect(WireForm form) {
    return connect(form, Handshake.builder());
  }

  private Link connect(WireForm form, Handshake.Builder handshake) {
    return connect(hub, form, handshake);
  }

  private Link connect(Hub to, WireForm form, Handshake.Builder handshake) {
    Link link = new Link(to, form);
    loop.execute(() -> link.inbound = to.register(link, handshake.build()));
    loop.run();
    return link;
  }

  private void broadcast(String... payloads) {
    for (String payload : payloads) {
      assertThat(hub.broadcast("N", payload).isAccepted()).isTrue();
    }
  }

  private void encode() {
    encodings.remove().run();
  }

  /** Encodes a long message as a short frame. */
  private static final class SlowForm implements WireForm {
    @Override
    public byte[] encode(byte[] json) {
      return isSlow(json) ? "slow".getBytes(UTF_8) : json;
    }

    @Override
    public boolean isSlow(byte[] json) {
      return json.length > LARGE.length();
    }

    @Override
    public byte[] encodeQuickly(byte[] json) {
      return json;
    }
  }

  private static final class TaskLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public boolean inLoop() {
      return running;
    }

    void run() {
      running = true;
      while (!tasks.isEmpty()) {
        tasks.remove().run();
      }
      running = false;
    }
  }

  /** A link that reads at once. */
  private final class Link implements Connection {
    private final Hub to;
    private final WireForm form;
    private final List<String> frames = new ArrayList<>();
    private Inbound inbound;
    private DisconnectReason closing;
    private DisconnectReason closed;

    private Link(Hub to, WireForm form) {
      this.to = to;
      this.form = form;
    }

    /** Returns short forms of the arrivals: payloads, types of control messages, slow frames. */
    List<String> arrived() {
      loop.run();
      return frames.stream()
          .map(
              frame -> {
                if (!frame.startsWith("{")) {
                  return frame;
                }
                String type = (String) Room.json(frame).get("type");
                return type.equals("N") ? (String) Room.json(frame).get("payload") : type;
              })
          .toList();
    }

    @Override
    public Loop loop() {
      return loop;
    }

    @Override
    public WireForm wireForm() {
      return form;
    }

    @Override
    public void requestFlush() {
      if (loop.inLoop()) {
        flush();
      } else {
        loop.execute(this::flush);
      }
    }

    private void flush() {
      if (closed != null) {
        return;
      }
      for (ByteBuffer frame = inbound.outbound().takeFrame();
          frame != null;
          frame = inbound.outbound().takeFrame()) {
        frames.add(UTF_8.decode(frame.duplicate()).toString());
        inbound.outbound().accepted(frame.remaining());
      }
      if (closing != null && inbound.outbound().isEmpty()) {
        end(closing);
      }
    }

    @Override
    public void setReadEnabled(boolean enabled) {}

    @Override
    public void close(DisconnectReason reason) {
      loop.execute(
          () -> {
            closing = reason;
            inbound.outbound().seal();
            flush();
          });
    }

    @Override
    public void abort(DisconnectReason reason) {
      loop.execute(() -> end(reason));
    }

    void end(DisconnectReason reason) {
      if (closed == null) {
        closed = reason;
        to.unregister(inbound, reason);
      }
    }
  }
}
