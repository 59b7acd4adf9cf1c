package io.github.signalhub.internal.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.WireForm;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboundLimitsTest {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final InboundCounters counters = new InboundCounters();
  private final List<DisconnectReason> aborted = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - SECOND, -SECOND})
  void admitASecondsWorthAtOnceAndTheNextWhenItsTimeHasCome(long start) {
    clock.set(start);
    InboundLimits limits = perSecond(5);

    for (int i = 0; i < 5; i++) {
      assertThat(limits.admit(1)).isTrue();
    }
    clock.addAndGet(SECOND / 5);
    assertThat(limits.admit(1)).isTrue();
    assertThat(aborted).isEmpty();
    assertThat(limits.admit(1)).isFalse();
    assertThat(aborted).containsExactly(DisconnectReason.RATE_LIMITED);
  }

  @Test
  void admitAnEvenPaceForGood() {
    InboundLimits limits = perSecond(1000);

    for (long i = 0; i < 100_000; i++) {
      clock.set(i * SECOND / 1000);
      assertThat(limits.admit(1)).isTrue();
    }
  }

  @Test
  void saveNoMoreThanASecond() {
    InboundLimits limits = perSecond(2);
    clock.set(3600 * SECOND);

    assertThat(limits.admit(1)).isTrue();
    assertThat(limits.admit(1)).isTrue();
    assertThat(limits.admit(1)).isFalse();
  }

  @Test
  void admitNothingAfterTheFirstThatIsBeyondThem() {
    InboundLimits limits = new InboundLimits(new Link(), 10, 0, clock::get, counters);

    assertThat(limits.admit(10)).isTrue();
    assertThat(limits.admit(11)).isFalse();
    assertThat(limits.admit(1)).isFalse();
    assertThat(aborted).containsExactly(DisconnectReason.TOO_LARGE);
  }

  private InboundLimits perSecond(int messages) {
    return new InboundLimits(new Link(), Integer.MAX_VALUE, messages, clock::get, counters);
  }

  private final class Link implements Connection {
    @Override
    public Loop loop() {
      throw new UnsupportedOperationException();
    }

    @Override
    public WireForm wireForm() {
      return WireForm.TEXT;
    }

    @Override
    public void requestFlush() {}

    @Override
    public void setReadEnabled(boolean enabled) {}

    @Override
    public void close(DisconnectReason reason) {}

    @Override
    public void abort(DisconnectReason reason) {
      aborted.add(reason);
    }
  }
}
