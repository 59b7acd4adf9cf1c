package io.github.signalhub.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
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

    assertThat(link.closeReason()).contains(DisconnectReason.ABNORMAL);
    assertThat(hub.clients()).isEmpty();
    assertThatIllegalStateException()
        .isThrownBy(() -> transport.connect(Handshake.builder().build()));
  }

  @Test
  void textsOfAPeerThatHasClosedAreIgnored() throws Exception {
    hub.attach(transport);
    MemoryLink link = transport.connect(Handshake.builder().build());
    link.close(DisconnectReason.NORMAL);

    link.send("{\"type\":\"N\"}");
    link.sendBinary(new byte[] {1});

    assertThat(hub.stats().received()).isZero();
    assertThat(hub.stats().ignored()).isZero();
  }

  @Test
  void binaryMessagesWaitInOrderWithTextsWhileTheHubDoesNotRead() throws Exception {
    Queue<Runnable> callbacks = new ArrayDeque<>();
    Hub slow = Hub.builder().callbackExecutor(callbacks::add).build();
    List<String> received = new ArrayList<>();
    slow.addListener(
        new HubListener() {
          @Override
          public void onText(Client client, String text) {
            received.add(text);
          }

          @Override
          public void onBinary(Client client, byte[] bytes) {
            received.add("binary");
          }

          @Override
          public boolean acceptsBinary() {
            return true;
          }
        });
    slow.attach(transport);
    MemoryLink link = transport.connect(Handshake.builder().build());
    for (int n = 0; n < 100; n++) {
      link.send("text");
    }
    assertThat(link.isReadEnabled()).isFalse();

    link.sendBinary(new byte[] {1});
    link.send("last");
    for (transport.run(); !callbacks.isEmpty(); transport.run()) {
      callbacks.remove().run();
    }

    assertThat(received).hasSize(102).endsWith("binary", "last");
  }

  @Test
  void linkThatIsCutWhileItIsRegisteredLeavesNoClient() throws Exception {
    hub.attach(transport);
    hub.addListener(
        new HubListener() {
          @Override
          public void onConnect(Client client) {
            transport.stop();
          }
        });

    MemoryLink link = transport.connect(Handshake.builder().build());

    assertThat(link.closeReason()).contains(DisconnectReason.ABNORMAL);
    assertThat(hub.clients()).isEmpty();
    assertThat(hub.stats().failedCallbacks()).isZero();
  }

  @Test
  void transportThatFailsToStopDoesNotKeepTheHubFromClosingTheOthers() throws Exception {
    hub.attach(
        new Transport() {
          @Override
          public String name() {
            return "failing";
          }

          @Override
          public void start(Registrar registrar) {}

          @Override
          public void stopAccepting(Duration retryAfter) {
            throw new IllegalStateException("on purpose");
          }

          @Override
          public Optional<Duration> retryAfter() {
            return Optional.empty();
          }

          @Override
          public void stop() {
            throw new IllegalStateException("on purpose");
          }
        });
    hub.attach(transport);
    MemoryLink link = transport.connect(Handshake.builder().build());

    hub.close(Duration.ZERO);

    assertThat(link.closeReason()).isPresent();
  }
}
