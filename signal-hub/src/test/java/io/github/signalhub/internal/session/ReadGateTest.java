package io.github.signalhub.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.WireForm;
import org.junit.jupiter.api.Test;

class ReadGateTest {
  private final Link link = new Link();
  private final ReadGate gate = new ReadGate(link);

  @Test
  void readsOnWhenTheLastHolderLetsGo() {
    gate.hold(ReadGate.CALLBACKS);
    gate.hold(ReadGate.REPLIES);

    gate.release(ReadGate.CALLBACKS);
    assertThat(link.reads).isFalse();
    gate.release(ReadGate.REPLIES);
    assertThat(link.reads).isTrue();
  }

  @Test
  void staysShutForWhoHoldsWhileItOpens() {
    gate.hold(ReadGate.REPLIES);
    link.onEnabled = () -> gate.hold(ReadGate.CALLBACKS);

    gate.release(ReadGate.REPLIES);

    assertThat(link.reads).isFalse();
  }

  /** A link that delivers its kept messages within the call that resumes reading. */
  private static final class Link implements Connection {
    private boolean reads = true;
    private Runnable onEnabled = () -> {};

    @Override
    public void setReadEnabled(boolean enabled) {
      reads = enabled;
      if (enabled) {
        onEnabled.run();
      }
    }

    @Override
    public Loop loop() {
      throw new UnsupportedOperationException();
    }

    @Override
    public WireForm wireForm() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void requestFlush() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close(DisconnectReason reason) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void abort(DisconnectReason reason) {
      throw new UnsupportedOperationException();
    }
  }
}
