package io.github.signalhub.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.Hub;
import io.github.signalhub.TopicOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On one thread: the executor runs when the test says so. */
class CallbackTransportTest {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final CallbackTransport transport = new CallbackTransport("test", tasks::add, 1);
  private final Hub hub =
      Hub.builder()
          .callbackExecutor(Runnable::run)
          .broadcasts(new TopicOptions(200_000, 1L << 30, Duration.ofMinutes(5)))
          .maxLogBytes(1L << 30)
          .build();

  @BeforeEach
  void attach() throws Exception {
    hub.attach(transport);
  }

  @Test
  void nextTextIsSentOnlyWhenTheOneBeforeIsDone() {
    FakeSender sender = new FakeSender(false);
    open(sender);
    hub.broadcast("N", 1);
    hub.broadcast("N", 2);
    run();
    assertThat(sender.texts).hasSize(1);

    sender.done.remove().run();
    run();

    assertThat(sender.texts).hasSize(2);
  }

  @Test
  void manyTextsThatAreDoneAtOnceDoNotDeepenTheStack() {
    FakeSender sender = new FakeSender(true);
    open(sender);
    for (int n = 0; n < 100_000; n++) {
      assertThat(hub.broadcast("N", n).isAccepted()).isTrue();
    }

    run();

    assertThat(sender.texts).hasSize(100_000);
    int own = new Throwable().getStackTrace().length; // of whatever runs this test
    assertThat(sender.deepest - own).isLessThan(50);
  }

  @Test
  void senderThatThrowsIsCutAndHarmsNoOther() {
    FakeSender failing = new FakeSender(true);
    failing.fails = true;
    FakeSender other = new FakeSender(true);
    open(failing);
    open(other);

    hub.broadcast("N", 1);
    run();

    assertThat(failing.calls).containsExactly("cut");
    assertThat(other.texts).hasSize(1);
    assertThat(hub.clients()).hasSize(1);
  }

  @Test
  void peerThatAsksForTooManyTopicsIsToldNotToComeBack() {
    FakeSender sender = new FakeSender(true);
    Handshake.Builder handshake = Handshake.builder();
    for (int n = 0; n <= 128; n++) {
      handshake.topic("topic:" + n);
    }

    transport.open(handshake.build(), sender);
    run();

    assertThat(sender.calls).containsExactly("close 1008");
    assertThat(hub.clients()).isEmpty();
  }

  @Test
  void whatIsRevokedBeforeTheLoopRegistersAPeerIsNotGiven() {
    FakeSender sender = new FakeSender(true);
    transport.open(Handshake.builder().user("ann").topic("t").topic("u").build(), sender);

    hub.revoke("ann", "t");
    run();
    hub.publish("t", "N", 1);
    hub.publish("u", "N", 2);
    run();

    assertThat(sender.texts).hasSize(1).allMatch(text -> text.contains("\"u\""));
  }

  @Test
  void whatIsRevokedWhileTheGlueDecidesIsNotGiven() {
    FakeSender sender = new FakeSender(true);
    long since = transport.revocations();
    hub.revoke("ann", "t");

    transport.open(Handshake.builder().user("ann").topic("t").decidedSince(since).build(), sender);
    run();
    hub.publish("t", "N", 1);
    run();

    assertThat(sender.texts).isEmpty();
  }

  @Test
  void closeOfAPlainPeerThatLostSomethingSaysThatItFellBehind() throws Exception {
    CallbackTransport small = new CallbackTransport("small", tasks::add, 1);
    Hub forgetful =
        Hub.builder()
            .callbackExecutor(Runnable::run)
            .broadcasts(TopicOptions.DEFAULT.withMessages(1))
            .grace(Duration.ZERO)
            .build();
    forgetful.attach(small);
    FakeSender sender = new FakeSender(false);
    small.open(Handshake.builder().build(), sender);
    run();
    for (int n = 0; n < 3; n++) {
      forgetful.broadcast("N", n);
      run();
    }
    forgetful.clients().forEach(client -> client.close());
    run();

    sender.done.remove().run();
    run();

    assertThat(sender.texts).hasSize(1);
    assertThat(sender.calls).containsExactly("close 4100");
  }

  @Test
  void closeThatThrowsIsACut() {
    FakeSender failing = new FakeSender(true);
    failing.fails = true;
    open(failing);

    hub.clients().forEach(client -> client.close());
    run();

    assertThat(failing.calls).containsExactly("close 1000", "cut");
    assertThat(hub.clients()).isEmpty();
  }

  @Test
  void closeFollowsEverythingAndThenThePlatformSaysWhenItIsOver() {
    FakeSender sender = new FakeSender(false);
    CallbackLink link = open(sender);
    hub.broadcast("N", 1);
    hub.broadcast("N", 2);
    run();
    hub.clients().forEach(client -> client.close());
    run();
    assertThat(sender.calls).isEmpty();

    sender.done.remove().run();
    run();
    sender.done.remove().run();
    run();

    assertThat(sender.texts).hasSize(2);
    assertThat(sender.calls).containsExactly("close 1000");
    assertThat(hub.clients()).hasSize(1);
    link.closed(CloseReason.NORMAL);
    link.closed(CloseReason.ABNORMAL);
    run();
    assertThat(hub.clients()).isEmpty();
  }

  @Test
  void abortWaitsForTheTextThatIsUnderWayAlone() {
    FakeSender sender = new FakeSender(false);
    CallbackLink link = open(sender);
    hub.broadcast("N", 1);
    hub.broadcast("N", 2);
    run();
    link.binary(new byte[] {1});
    run();
    assertThat(sender.calls).isEmpty();

    sender.done.remove().run();
    run();

    assertThat(sender.texts).hasSize(1);
    assertThat(sender.calls).containsExactly("close 1003");
  }

  @Test
  void doneAfterTheEndIsIgnored() {
    FakeSender sender = new FakeSender(false);
    CallbackLink link = open(sender);
    hub.broadcast("N", 1);
    run();
    link.closed(CloseReason.ABNORMAL);
    run();

    sender.done.remove().run();
    hub.broadcast("N", 2);
    run();

    assertThat(sender.texts).hasSize(1);
  }

  @Test
  void stoppedTransportCutsItsLinksAndAcceptsNoMore() {
    FakeSender sender = new FakeSender(true);
    open(sender);

    transport.stop();
    run();

    assertThat(sender.calls).containsExactly("cut");
    assertThat(hub.clients()).isEmpty();
    assertThatIllegalStateException().isThrownBy(() -> open(new FakeSender(true)));
  }

  private CallbackLink open(FakeSender sender) {
    CallbackLink link = transport.open(Handshake.builder().build(), sender);
    run();
    return link;
  }

  private void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private static final class FakeSender implements CallbackSender {
    final List<String> texts = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    final Queue<Runnable> done = new ArrayDeque<>();
    final boolean atOnce;
    boolean fails;
    int deepest;

    FakeSender(boolean atOnce) {
      this.atOnce = atOnce;
    }

    @Override
    public void send(String text, Runnable done) {
      if (fails) {
        throw new IllegalStateException("on purpose");
      }
      texts.add(text);
      if (texts.size() % 1_000 == 0) {
        deepest = Math.max(deepest, new Throwable().getStackTrace().length);
      }
      if (atOnce) {
        done.run();
      } else {
        this.done.add(done);
      }
    }

    @Override
    public void close(CloseReason reason) {
      calls.add("close " + reason.code());
      if (fails) {
        throw new IllegalStateException("on purpose");
      }
    }

    @Override
    public void cut() {
      calls.add("cut");
    }
  }
}
