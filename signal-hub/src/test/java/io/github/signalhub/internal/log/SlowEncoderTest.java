package io.github.signalhub.internal.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.spi.WireForm;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlowEncoderTest {
  private static final byte[] SLOWLY = {1, 2, 3};
  private static final byte[] QUICKLY = {4};

  private final HubLog log =
      new HubLog(
          1,
          new LogLimits(1 << 20, 1 << 20, 0, 64, 1 << 16),
          topic -> new Retention(100, 1 << 20, Duration.ofMinutes(5).toNanos()),
          () -> 0);
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final SlowEncoder encoder = new SlowEncoder(tasks::add);
  private final AtomicInteger done = new AtomicInteger();

  @Test
  void manyWhoWaitCauseOneEncoding() {
    Form form = new Form();
    Entry entry = entry();
    long before = log.bytes();

    encoder.encode(entry, form, done::incrementAndGet);
    encoder.encode(entry, form, done::incrementAndGet);

    assertThat(tasks).hasSize(1);
    assertThat(done).hasValue(0);
    assertThat(entry.encoded(form)).isNull();
    tasks.remove().run();
    assertThat(done).hasValue(2);
    assertThat(entry.encoded(form)).isEqualTo(SLOWLY);
    assertThat(form.encodings).hasValue(1);
    assertThat(log.bytes() - before).isEqualTo(SLOWLY.length);
  }

  @Test
  void whoComesTooLateToWaitIsToldAtOnce() {
    Form form = new Form();
    Entry entry = entry();
    encoder.encode(entry, form, done::incrementAndGet);
    tasks.remove().run();

    encoder.encode(entry, form, done::incrementAndGet);
    tasks.remove().run();

    assertThat(done).hasValue(2);
    assertThat(form.encodings).hasValue(1);
  }

  @Test
  void formsAreEncodedByThemselves() {
    Form form = new Form();
    Form other = new Form();
    Entry entry = entry();

    encoder.encode(entry, form, done::incrementAndGet);
    encoder.encode(entry, other, done::incrementAndGet);
    tasks.remove().run();

    assertThat(done).hasValue(1);
    assertThat(entry.encoded(form)).isEqualTo(SLOWLY);
    assertThat(entry.encoded(other)).isNull();
  }

  @Test
  void anotherFormIsNotHeldUpMeanwhile() throws InterruptedException {
    Entry entry = entry();
    Thread[] asking = new Thread[1];
    WireForm form =
        json -> {
          asking[0] = new Thread(() -> entry.encode(WireForm.TEXT));
          asking[0].start();
          join(asking[0]);
          return SLOWLY;
        };

    encoder.encode(entry, form, done::incrementAndGet);
    tasks.remove().run();

    assertThat(entry.encoded(WireForm.TEXT)).isSameAs(entry.json());
    assertThat(asking[0].isAlive()).isFalse();
  }

  @Test
  void whatTheExecutorRefusesIsEncodedQuickly() {
    Form form = new Form();
    Entry entry = entry();
    SlowEncoder overtaxed =
        new SlowEncoder(
            task -> {
              throw new RejectedExecutionException("on purpose");
            });

    overtaxed.encode(entry, form, done::incrementAndGet);

    assertThat(done).hasValue(1);
    assertThat(entry.encoded(form)).isEqualTo(QUICKLY);
    assertThat(form.encodings).hasValue(0);
  }

  @Test
  void whatFailsIsEncodedQuickly() {
    Entry entry = entry();
    Form form = new Form();
    form.failure = new OutOfMemoryError("on purpose");

    encoder.encode(entry, form, done::incrementAndGet);
    tasks.remove().run();

    assertThat(done).hasValue(1);
    assertThat(entry.encoded(form)).isEqualTo(QUICKLY);
  }

  @Test
  void whatFailsInEveryWayIsToldToWhoWaits() {
    Entry entry = entry();
    WireForm form =
        json -> {
          throw new IllegalStateException("on purpose");
        };

    encoder.encode(entry, form, done::incrementAndGet);

    assertThatIllegalStateException().isThrownBy(() -> tasks.remove().run());
    assertThat(done).hasValue(1);
    assertThat(entry.encoded(form)).isNull();
  }

  private Entry entry() {
    log.append("a", ("{\"id\":\"0123456789abcdef-" + "0".repeat(16) + "\"}").getBytes(UTF_8));
    return log.find("a").orElseThrow().log().firstAfter(0);
  }

  private static void join(Thread thread) {
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Form implements WireForm {
    final AtomicInteger encodings = new AtomicInteger();
    Error failure;

    @Override
    public byte[] encode(byte[] json) {
      if (failure != null) {
        throw failure;
      }
      encodings.incrementAndGet();
      return SLOWLY;
    }

    @Override
    public boolean isSlow(byte[] json) {
      return true;
    }

    @Override
    public byte[] encodeQuickly(byte[] json) {
      return QUICKLY;
    }
  }
}
