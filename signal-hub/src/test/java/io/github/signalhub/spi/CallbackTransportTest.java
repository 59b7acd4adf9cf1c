package io.github.signalhub.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.connection.DisconnectReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Runs on one thread. The test runs the executor's tasks. */
class CallbackTransportTest {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final CallbackTransport transport =
      CallbackTransport.builder("test", tasks::add).loops(1).build();
  private final Hub hub =
      Hub.builder()
          .callbackExecutor(Runnable::run)
          .broadcasts(TopicOptions.DEFAULT.withMessages(200_000).withBytes(1L << 30))
          .maxLogBytes(1L << 30)
          .maxClientMessageBytes(8 << 20)
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
    int own = new Throwable().getStackTrace().length; // the threads of the test runner
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

    hub.user("ann").leave("t");
    run();
    hub.topic("t").publish("N", 1);
    hub.topic("u").publish("N", 2);
    run();

    assertThat(sender.texts).hasSize(1).allMatch(text -> text.contains("\"u\""));
  }

  @Test
  void whatIsRevokedWhileTheGlueDecidesIsNotGiven() {
    FakeSender sender = new FakeSender(true);
    long since = transport.revocations();
    hub.user("ann").leave("t");

    transport.open(Handshake.builder().user("ann").topic("t").decidedSince(since).build(), sender);
    run();
    hub.topic("t").publish("N", 1);
    run();

    assertThat(sender.texts).isEmpty();
  }

  @Test
  void closeOfAPlainPeerThatLostSomethingSaysThatItFellBehind() throws Exception {
    CallbackTransport small = CallbackTransport.builder("small", tasks::add).loops(1).build();
    Hub forgetful =
        Hub.builder()
            .callbackExecutor(Runnable::run)
            .broadcasts(TopicOptions.DEFAULT.withMessages(1))
            .retentionGrace(Duration.ZERO)
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
    link.closed(DisconnectReason.NORMAL);
    link.closed(DisconnectReason.ABNORMAL);
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
    link.closed(DisconnectReason.ABNORMAL);
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

  @Nested
  class AcceptingConnections {
    @Test
    void hasNotBegunBeforeTheStart() {
      CallbackTransport unused = CallbackTransport.builder("unused", tasks::add).loops(1).build();

      assertThatIllegalStateException()
          .isThrownBy(() -> unused.open(Handshake.builder().build(), new FakeSender(true)))
          .withMessage("the transport unused accepts no connections");
    }

    @Test
    void endsWithTheTimeToComeBack() {
      assertThat(transport.retryAfter()).isEmpty();

      transport.stopAccepting(Duration.ofSeconds(5));

      assertThatIllegalStateException().isThrownBy(() -> open(new FakeSender(true)));
      assertThat(transport.retryAfter()).contains(Duration.ofSeconds(5));
    }

    @Test
    void staysEndedWithTheTimeToComeBackWhenTheHubIsClosed() {
      hub.close(Duration.ofSeconds(3));

      assertThatIllegalStateException().isThrownBy(() -> open(new FakeSender(true)));
      assertThat(transport.retryAfter()).contains(Duration.ofSeconds(3));
    }

    @Test
    void goesOnForTheClientsThatAreThere() {
      FakeSender sender = new FakeSender(true);
      open(sender);

      transport.stopAccepting(Duration.ZERO);
      hub.broadcast("N", 1);
      run();

      assertThat(sender.texts).hasSize(1);
    }
  }

  @Nested
  class Options {
    @Test
    void areChecked() {
      CallbackTransport.Builder any = CallbackTransport.builder("any", tasks::add);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> any.loops(0))
          .withMessage("expected loops of at least 1, was 0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> any.maxTextsPerSend(0))
          .withMessage("expected maxTextsPerSend of at least 1, was 0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> any.minMessageBytesPerSecond(0))
          .withMessage("expected minMessageBytesPerSecond of at least 1, was 0");
      assertThatNullPointerException().isThrownBy(() -> any.timeouts(null)).withMessage("timeouts");
    }
  }

  @Nested
  class WhatThePeerSends {
    private static final int MESSAGE_BYTES = 64 * 1024;

    private final List<String> received = new ArrayList<>();

    @BeforeEach
    void listen() {
      hub.addListener(
          new HubListener() {
            @Override
            public void onText(Client client, String text) {
              received.add(text);
            }

            @Override
            public void onBinary(Client client, byte[] bytes) {
              received.add("binary " + bytes.length);
            }

            @Override
            public boolean acceptsBinary() {
              return true;
            }
          });
    }

    @Test
    void waitsWithinTheLimitsHoweverMuchIsOfferedWhileTheExecutorIsBusy() {
      FakeSender sender = new FakeSender(true);
      CallbackLink link = open(sender);
      String text = "x".repeat(MESSAGE_BYTES);
      int most = 0;
      boolean paused = false;

      for (int n = 0; n < 4_800; n++) { // 300 MiB
        if (n % 2 == 0) {
          link.text(text);
        } else {
          link.binary(new byte[MESSAGE_BYTES]);
        }
        most = Math.max(most, link.waitingBytes());
        paused |= !link.isReadEnabled();
      }

      assertThat(paused).isTrue();
      assertThat(most).isEqualTo(CallbackLink.MAX_WAITING_BYTES);
      assertThat(tasks).hasSize(1);
      run();
      assertThat(sender.calls).containsExactly("close 1013");
      assertThat(link.waitingBytes()).isZero();
      assertThat(received).hasSize(CallbackLink.MAX_WAITING_BYTES / MESSAGE_BYTES);
      link.closed(DisconnectReason.NORMAL);
      run();
      assertThat(hub.clients()).isEmpty();
    }

    @Test
    void waitsWithinTheLimitOfMessagesTooEvenIfTheyAreEmpty() {
      FakeSender sender = new FakeSender(true);
      CallbackLink link = open(sender);

      for (int n = 0; n <= CallbackLink.MAX_WAITING_MESSAGES; n++) {
        link.text("");
      }

      run();
      assertThat(sender.calls).containsExactly("close 1013");
      assertThat(received).hasSize(CallbackLink.MAX_WAITING_MESSAGES);
    }

    @Test
    void pausesReadingBeforeTheLoopHasHadItsTurnAndGoesOnAfterIt() {
      CallbackLink link = open(new FakeSender(true));
      int sent = 0;

      while (link.isReadEnabled()) {
        link.binary(new byte[MESSAGE_BYTES]);
        sent++;
      }

      assertThat(sent).isEqualTo(4);
      run();
      assertThat(link.isReadEnabled()).isTrue();
      assertThat(received).hasSize(4);
    }

    @Test
    void waitsWithinTheLimitsWhileListenersAreSlowAndTheLoopIsNot() throws Exception {
      Queue<Runnable> callbacks = new ArrayDeque<>();
      Hub slow = Hub.builder().callbackExecutor(callbacks::add).build();
      CallbackTransport own = CallbackTransport.builder("own", tasks::add).loops(1).build();
      slow.attach(own);
      FakeSender sender = new FakeSender(true);
      CallbackLink link = own.open(Handshake.builder().build(), sender);
      String text = "x".repeat(MESSAGE_BYTES);

      for (int n = 0; n < 4_800; n++) {
        link.text(text);
        run();
      }

      assertThat(sender.calls).containsExactly("pause", "read", "close 1013");
      while (!callbacks.isEmpty()) {
        callbacks.remove().run();
      }
      assertThat(slow.stats().ignored()).as("messages that were kept").isBetween(64L, 72L);
    }

    @Test
    void isHandedOverWhenSlowListenersCatchUp() throws Exception {
      Queue<Runnable> callbacks = new ArrayDeque<>();
      Hub slow = Hub.builder().callbackExecutor(callbacks::add).build();
      CallbackTransport own = CallbackTransport.builder("own", tasks::add).loops(1).build();
      slow.attach(own);
      CallbackLink link = own.open(Handshake.builder().build(), new FakeSender(true));
      for (int n = 0; n < 200; n++) {
        link.text("{\"type\":\"N\"}");
      }

      for (run(); !callbacks.isEmpty(); run()) {
        callbacks.remove().run();
      }

      assertThat(slow.stats().received()).isEqualTo(200);
      assertThat(link.isReadEnabled()).isTrue();
    }

    @Test
    void isNotLostWhenItLeavesWhileListenersAreSlow() throws Exception {
      Queue<Runnable> callbacks = new ArrayDeque<>();
      Hub slow = Hub.builder().callbackExecutor(callbacks::add).build();
      CallbackTransport own = CallbackTransport.builder("own", tasks::add).loops(1).build();
      slow.attach(own);
      CallbackLink link = own.open(Handshake.builder().build(), new FakeSender(true));
      for (int n = 0; n < 200; n++) {
        link.text("{\"type\":\"N\"}");
      }

      link.closed(DisconnectReason.NORMAL);
      for (run(); !callbacks.isEmpty(); run()) {
        callbacks.remove().run();
      }

      assertThat(slow.stats().received()).isEqualTo(200);
      assertThat(slow.clients()).isEmpty();
    }

    @Test
    void isTakenIfOneMessageAloneIsLargerThanTheLimit() {
      FakeSender sender = new FakeSender(true);
      CallbackLink link = open(sender);

      link.binary(new byte[CallbackLink.MAX_WAITING_BYTES + 1]);
      run();

      assertThat(received).containsExactly("binary 4194305");
      assertThat(sender.calls).doesNotContain("close 1013");
    }

    @Test
    void isRefusedBeforeItIsKeptIfItIsLargerThanTheHubTakes() throws Exception {
      Hub strict =
          Hub.builder().callbackExecutor(Runnable::run).maxClientMessageBytes(1_000).build();
      CallbackTransport own = CallbackTransport.builder("own", tasks::add).loops(1).build();
      strict.attach(own);
      FakeSender sender = new FakeSender(true);
      CallbackLink link = own.open(Handshake.builder().build(), sender);
      run();

      link.text("{\"type\":\"N\"}");
      link.text("é".repeat(501)); // 1,002 bytes
      link.text("{\"type\":\"LATE\"}");

      assertThat(link.waitingBytes()).isEqualTo(12);
      run();
      assertThat(strict.stats().received()).as("what came before").isEqualTo(1);
      assertThat(sender.calls).containsExactly("close 1009");
    }
  }

  @Nested
  class AnExecutorThatRejects {
    private boolean rejecting;
    private final CallbackTransport mortal =
        CallbackTransport.builder(
                "mortal",
                task -> {
                  if (rejecting) {
                    throw new RejectedExecutionException("on purpose");
                  }
                  tasks.add(task);
                })
            .loops(1)
            .build();
    private final Hub own = Hub.builder().callbackExecutor(Runnable::run).build();
    private final CountDownLatch disconnected = new CountDownLatch(2);
    private final FakeSender sender = new FakeSender(true);
    private CallbackLink link;

    @BeforeEach
    void connect() throws Exception {
      own.attach(mortal);
      own.addListener(
          new HubListener() {
            @Override
            public void onDisconnect(Client client, DisconnectReason reason) {
              disconnected.countDown();
            }
          });
      link = mortal.open(Handshake.builder().build(), sender);
      mortal.open(Handshake.builder().build(), new FakeSender(true));
      run();
      rejecting = true;
    }

    @Test
    void endsItsClientsWhenATextComes() throws Exception {
      link.text("{\"type\":\"N\"}");

      assertThatAllEnd();
      assertThat(sender.calls).containsExactly("cut");
    }

    @Test
    void endsItsClientsWhenAConnectionIsGone() throws Exception {
      link.closed(DisconnectReason.NORMAL);

      assertThatAllEnd();
    }

    @Test
    void endsItsClientsWhenSomethingIsPublished() throws Exception {
      assertThat(own.broadcast("N", 1).isAccepted()).isTrue();

      assertThatAllEnd();
    }

    @Test
    void endsItsClientsWhenTheHubIsClosed() throws Exception {
      own.close();

      assertThatAllEnd();
    }

    @Test
    void cutsAConnectionThatIsOpenedNow() throws Exception {
      CountDownLatch cut = new CountDownLatch(1);
      FakeSender late =
          new FakeSender(true) {
            @Override
            public void cut() {
              cut.countDown();
            }
          };

      mortal.open(Handshake.builder().build(), late);

      assertThat(cut.await(30, TimeUnit.SECONDS)).isTrue();
      assertThatAllEnd();
    }

    private void assertThatAllEnd() throws InterruptedException {
      assertThat(disconnected.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(own.clients()).isEmpty();
    }
  }

  @Test
  void executorThatDropsItsTasksDoesNotKeepTheHubFromEndingItsClients() throws Exception {
    FakeSender sender = new FakeSender(true);
    CallbackLink link = open(sender);
    link.text("{\"type\":\"N\"}");
    tasks.clear();

    hub.close(Duration.ZERO);

    assertThat(sender.calls).contains("cut");
    assertThat(hub.clients()).isEmpty();
  }

  @Test
  void senderThatThrowsAnErrorIsCutToo() {
    FakeSender failing = new FakeSender(true);
    open(failing);
    failing.error = new NoSuchMethodError("on purpose");

    hub.broadcast("N", 1);
    run();

    assertThat(failing.calls).containsExactly("cut");
    assertThat(hub.clients()).isEmpty();
  }

  @Test
  void doneThatIsToldTwiceCountsOnce() {
    FakeSender sender = new FakeSender(false);
    open(sender);
    hub.broadcast("N", 1);
    hub.broadcast("N", 2);
    hub.broadcast("N", 3);
    run();

    Runnable done = sender.done.remove();
    done.run();
    done.run();
    run();

    assertThat(sender.texts).hasSize(2);
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
}
