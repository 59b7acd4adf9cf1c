package io.github.signalhub.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.Hub;
import io.github.signalhub.connection.DisconnectReason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The hub's demand, as a platform learns of it. */
@Timeout(60)
class CallbackDemandTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final FakePlatform platform = new FakePlatform(Hub.builder());
  private final FakeSender sender = new FakeSender(true);
  private final CallbackLink link = platform.open(sender);

  @Nested
  class APlatformThatReadsOnDemand {
    @Test
    void isToldToStopOnceAndToGoOnOnceHoweverMuchItHasReadMeanwhile() {
      for (int n = 0; n < 1_000; n++) {
        link.text("m");
      }
      platform.runLoop();
      assertThat(sender.calls).containsExactly("pause");

      platform.run();

      assertThat(sender.calls).containsExactly("pause", "read");
      assertThat(platform.received).hasSize(1_000);
    }

    @Test
    void isToldNothingWhileTheHubKeepsUp() {
      for (int n = 0; n < 1_000; n++) {
        link.text("m");
        platform.run();
      }

      assertThat(sender.calls).isEmpty();
    }

    @Test
    void keepsFewMessagesWaitingIfItStops() {
      int sent = 0;
      for (int n = 0; n < 1_000; n++) {
        if (link.isReadEnabled()) {
          link.text("m");
          sent++;
        }
        platform.runLoop();
      }

      assertThat(sent).isLessThan(200);
    }

    @Test
    void readsThePeersGoodbyeThoughItWasToldToStop() {
      pause();

      platform.hub.clients().forEach(client -> client.close());
      platform.runLoop();

      assertThat(sender.calls).containsExactly("pause", "read", "close 1000");
    }

    @Test
    void isCutIfItFailsToStop() {
      FakeSender failing =
          new FakeSender(true) {
            @Override
            public void setReadEnabled(boolean enabled) {
              throw new NoSuchMethodError("on purpose");
            }
          };
      CallbackLink other = platform.open(failing);
      for (int n = 0; n < 1_000; n++) {
        other.text("m");
      }

      platform.run();

      assertThat(failing.calls).containsExactly("cut");
      assertThat(platform.hub.clients()).hasSize(1);
    }

    @Test
    void isToldNothingAfterTheEnd() {
      pause();

      link.closed(DisconnectReason.ABNORMAL);
      platform.run();

      assertThat(sender.calls).containsExactly("pause");
    }
  }

  @Nested
  class APlatformThatWaits {
    @Test
    void goesOnAtOnceWhileTheHubReads() throws Exception {
      assertThat(link.awaitReading(LONG)).isTrue();
    }

    @Test
    void waitsAtMostTheTime() throws Exception {
      pause();

      assertThat(link.awaitReading(Duration.ZERO)).isFalse();
      assertThat(link.awaitReading(Duration.ofMillis(-1))).isFalse();
      assertThat(link.awaitReading(Duration.ofMillis(10))).isFalse();
    }

    @Test
    void goesOnWhenListenersCatchUp() throws Exception {
      pause();
      CompletableFuture<Boolean> reads = waitForReading();

      platform.run();

      assertThat(reads.get()).isTrue();
    }

    @Test
    void goesOnWhenTheLinkEnds() throws Exception {
      pause();
      CompletableFuture<Boolean> reads = waitForReading();

      link.closed(DisconnectReason.ABNORMAL);
      platform.runLoop();

      assertThat(reads.get()).isTrue();
    }

    @Test
    void goesOnWhenTheTransportStops() throws Exception {
      pause();
      CompletableFuture<Boolean> reads = waitForReading();

      platform.transport.stop();
      platform.runLoop();

      assertThat(reads.get()).isTrue();
    }

    @Test
    void canBeInterrupted() {
      pause();

      Thread.currentThread().interrupt();

      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(() -> link.awaitReading(LONG));
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void doesNotWaitOnTheLoop() {
      CompletableFuture<Boolean> reads = new CompletableFuture<>();
      CallbackLink[] own = new CallbackLink[1];
      FakeSender waiting =
          new FakeSender(true) {
            @Override
            public void setReadEnabled(boolean enabled) {
              try {
                reads.complete(own[0].awaitReading(LONG));
              } catch (InterruptedException e) {
                reads.completeExceptionally(e);
              }
            }
          };
      own[0] = platform.open(waiting);
      for (int n = 0; n < 1_000; n++) {
        own[0].text("m");
      }

      platform.runLoop();

      assertThat(reads).isCompletedWithValue(false);
    }

    private CompletableFuture<Boolean> waitForReading() throws InterruptedException {
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Boolean> reads = new CompletableFuture<>();
      Thread reader =
          new Thread(
              () -> {
                begun.countDown();
                try {
                  reads.complete(link.awaitReading(LONG));
                } catch (InterruptedException e) {
                  reads.completeExceptionally(e);
                }
              });
      reader.setDaemon(true);
      reader.start();
      begun.await();
      while (reader.getState() != Thread.State.TIMED_WAITING && !reads.isDone()) {
        TimeUnit.MILLISECONDS.sleep(1); // until the thread waits
      }
      return reads;
    }
  }

  private void pause() {
    for (int n = 0; n < 100; n++) {
      link.text("m");
    }
    platform.runLoop();
    assertThat(link.isReadEnabled()).isFalse();
  }
}
