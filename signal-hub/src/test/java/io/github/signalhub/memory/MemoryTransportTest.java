package io.github.signalhub.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.Hub;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Handshake;
import org.junit.jupiter.api.Test;

class MemoryTransportTest {
  private final Hub hub = Hub.builder().callbackExecutor(Runnable::run).build();
  private final MemoryTransport transport = new MemoryTransport(2);

  @Test
  void nothingArrivesBeforeItRuns() throws Exception {
    hub.attach(transport);
    MemoryLink link = transport.connect(Handshake.builder().build());
    hub.broadcast("N", 1);

    assertThat(link.received()).isEmpty();
    transport.run();
    assertThat(link.received()).hasSize(1);
    assertThat(link.writes()).isEqualTo(1);
  }

  @Test
  void needsALoopAndAHub() {
    assertThatIllegalArgumentException().isThrownBy(() -> new MemoryTransport(0));
    assertThatIllegalStateException()
        .isThrownBy(() -> transport.connect(Handshake.builder().build()));
  }

  @Test
  void stoppedTransportCutsItsLinksAndAcceptsNoMore() throws Exception {
    hub.attach(transport);
    MemoryLink link = transport.connect(Handshake.builder().build());

    transport.stop();

    assertThat(link.closeReason()).contains(CloseReason.ABNORMAL);
    assertThat(hub.clients()).isEmpty();
    assertThatIllegalStateException()
        .isThrownBy(() -> transport.connect(Handshake.builder().build()));
  }

  @Test
  void textsOfAPeerThatHasClosedAreIgnored() throws Exception {
    hub.attach(transport);
    MemoryLink link = transport.connect(Handshake.builder().build());
    link.close(CloseReason.NORMAL);

    link.send("{\"type\":\"N\"}");
    link.sendBinary(new byte[] {1});

    assertThat(hub.stats().received()).isZero();
    assertThat(hub.stats().ignored()).isZero();
  }
}
