package io.github.signalhub.jdkserver.internal.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.internal.counters.Counters;
import io.github.signalhub.jdkserver.internal.capacity.Refusals.Reason;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.spi.Loop;
import java.net.InetSocketAddress;
import java.text.MessageFormat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private final Logger log = Logger.getLogger(Refusals.class.getName());
  private final List<String> warnings = new ArrayList<>();
  private final Handler recorder = new Recorder();
  private final LaterLoop loop = new LaterLoop();
  private final InetSocketAddress peer = new InetSocketAddress("127.0.0.9", 1);
  private final Counters<Limit> hits = Counters.of(Limit.class);
  private final Set<Reason> exhausted = EnumSet.noneOf(Reason.class);
  private final AtomicLong now = new AtomicLong(-5);
  private final Refusals refusals = new Refusals(hits, exhausted::contains, now::get);

  @BeforeEach
  void record() {
    log.setUseParentHandlers(false);
    log.addHandler(recorder);
  }

  @AfterEach
  void stop() {
    log.removeHandler(recorder);
    log.setUseParentHandlers(true);
  }

  @Test
  void areA503ThatSaysWhenToComeBack() {
    HttpException refusal = refusals.refuse(Reason.REQUESTS, loop, peer);

    assertThat(refusal.status()).isEqualTo(503);
    assertThat(refusal.fields()).containsEntry("Retry-After", "1");
  }

  @Test
  void areLoggedOnceForEachEpisodeAndWithTheirNumberAtItsEnd() {
    for (int i = 0; i < 500; i++) {
      refusals.refuse(Reason.REQUESTS, loop, peer);
    }
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("too many requests").contains("127.0.0.9");

    loop.later.remove().run();
    assertThat(warnings).as("the episode may go on").hasSize(1);
    loop.later.remove().run();
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(1)).contains("Refused 500").contains("too many requests");

    refusals.refuse(Reason.REQUESTS, loop, peer);
    assertThat(warnings).hasSize(3);
  }

  @Test
  void ofDifferentReasonsAreDifferentEpisodes() {
    refusals.refuse(Reason.REQUESTS, loop, peer);
    refusals.refuse(Reason.HANDSHAKES, loop, peer);

    assertThat(warnings).hasSize(2);
    refusals.end();
    assertThat(warnings).hasSize(4);
  }

  @Test
  void areHitsOfTheirLimits() {
    refusals.refuse(Reason.HOOK_THREADS, loop, peer);
    refusals.count(Reason.SLOW_READERS, loop, peer);
    refusals.count(Reason.SLOW_BODIES, loop, peer);

    assertThat(hits.of(Limit.HANDSHAKE_EXECUTOR)).isEqualTo(1);
    assertThat(hits.of(Limit.MAX_SLOW_PEERS)).isEqualTo(2);
    assertThat(hits.of(Limit.HANDLER_EXECUTOR)).isZero();
  }

  @Test
  void runUntilTheirEpisodeIsOver() {
    refusals.count(Reason.BUFFERS, loop, peer);

    assertThat(refusals.isRefusing(Reason.BUFFERS)).isTrue();
    assertThat(refusals.isRefusing(Reason.REQUESTS)).isFalse();
    refusals.end();
    assertThat(refusals.isRefusing(Reason.BUFFERS)).isFalse();
  }

  @Nested
  class Overload {
    @Test
    void isNotTheShareOfOneAddress() {
      refuse(Reason.REQUESTS);
      pass(5);
      refuse(Reason.REQUESTS);

      assertThat(refusals.overloadedFor()).isZero();
    }

    @Test
    void lastsFromTheFirstRefusalUntilThereIsNoneForTenSeconds() {
      exhausted.add(Reason.REQUESTS);
      exhausted.add(Reason.BUFFERS);
      refuse(Reason.REQUESTS);
      assertThat(refusals.overloadedFor()).isZero();
      pass(9);
      refuse(Reason.BUFFERS);
      pass(9);

      assertThat(refusals.overloadedFor()).hasSeconds(18);
      pass(1);
      assertThat(refusals.overloadedFor()).isZero();
    }

    @Test
    void beginsAnewAfterAPause() {
      exhausted.add(Reason.REQUESTS);
      refuse(Reason.REQUESTS);
      pass(10);
      refuse(Reason.REQUESTS);
      pass(3);

      assertThat(refusals.overloadedFor()).hasSeconds(3);
    }

    private void refuse(Reason reason) {
      refusals.refuse(reason, loop, peer);
    }

    private void pass(int seconds) {
      now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }
  }

  private final class Recorder extends Handler {
    @Override
    public void publish(LogRecord line) {
      warnings.add(MessageFormat.format(line.getMessage(), line.getParameters()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Holds its tasks until the test runs them. */
  private static final class LaterLoop implements Loop {
    private final Deque<Runnable> later = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean schedule(Runnable task, long delayNanos) {
      return later.add(task);
    }

    @Override
    public boolean inLoop() {
      return true;
    }
  }
}
