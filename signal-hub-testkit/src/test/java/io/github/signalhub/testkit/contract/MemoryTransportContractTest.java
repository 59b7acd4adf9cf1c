package io.github.signalhub.testkit.contract;

import io.github.signalhub.Awaiting;
import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class MemoryTransportContractTest {
  @TestFactory
  Stream<DynamicTest> keepsTheContract() {
    return ContractTests.of(TransportContract.cases(MemoryHarness::new));
  }

  private static final class MemoryHarness implements TransportHarness {
    private static final Duration TURN = Duration.ofMillis(1);

    private final MemoryTransport transport = new MemoryTransport(2);
    private Hub hub;

    @Override
    public Hub open(HubBuilder options) throws Exception {
      hub = options.build();
      hub.attach(transport);
      return hub;
    }

    @Override
    public Peer connect(Handshake handshake) throws IOException {
      try {
        return new MemoryPeer(transport.connect(handshake));
      } catch (IllegalStateException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void await(BooleanSupplier condition) throws InterruptedException {
      Awaiting.await(() -> transport.advance(TURN), condition);
    }

    @Override
    public void close() {
      hub.close(Duration.ZERO);
      transport.run();
    }
  }

  private static final class MemoryPeer implements Peer {
    private final MemoryLink link;

    MemoryPeer(MemoryLink link) {
      this.link = link;
    }

    @Override
    public List<String> received() {
      return link.received();
    }

    @Override
    public void stall() {
      link.stall();
    }

    @Override
    public void resume() {
      link.resume();
    }

    @Override
    public void send(String text) {
      link.send(text);
    }

    @Override
    public void sendBinary(byte[] bytes) {
      link.sendBinary(bytes);
    }

    @Override
    public int unsent() {
      return link.isReadEnabled() ? 0 : 1;
    }

    @Override
    public void close(DisconnectReason reason) {
      link.close(reason);
    }

    @Override
    public void cut() {
      link.cut();
    }

    @Override
    public OptionalInt closeCode() {
      return link.closeReason()
          .map(reason -> OptionalInt.of(reason.code()))
          .orElse(OptionalInt.empty());
    }
  }
}
