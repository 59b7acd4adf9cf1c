package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.ThreadedTransport.CheckingPeer;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A loop that publishes faster than the hub can send to any client. */
@Timeout(120)
class BacklogTest {
  private static final int CLIENTS = 1_000;
  private static final int MESSAGES = 50_000;

  @ParameterizedTest(name = "in a log of {0} bytes")
  @ValueSource(longs = {64L << 20, 64 << 10})
  void everyReadingClientGetsAllThatWasAcceptedInOrderAndNobodyIsDisconnected(long maxLogBytes)
      throws Exception {
    Hub hub = Hub.builder().maxLogBytes(maxLogBytes).build();
    ThreadedTransport transport = new ThreadedTransport(3);
    hub.attach(transport);
    List<CheckingPeer> peers = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      peers.add(transport.connect(Handshake.builder().build()));
    }

    long accepted = 0;
    long overloaded = 0;
    for (int n = 0; n < MESSAGES; n++) {
      PublishResult result = hub.broadcast("N", n);
      if (result.isAccepted()) {
        accepted++;
      } else {
        assertThat(result.status()).isEqualTo(PublishResult.Status.OVERLOADED);
        overloaded++;
      }
    }

    long expected = accepted;
    for (int i = 0; i < 6; i++) { // each publish waits for at most ten seconds
      Awaiting.await(() -> {}, () -> peers.stream().allMatch(peer -> peer.received == expected));
    }
    assertThat(peers).allMatch(peer -> peer.received == expected);
    assertThat(peers).noneMatch(peer -> peer.disordered);
    assertThat(peers).allMatch(peer -> peer.closed == null);
    assertThat(hub.stats().published()).isEqualTo(accepted).isPositive();
    assertThat(hub.stats().refused()).isEqualTo(overloaded);
    // there is room again as soon as the loops have reported their offered entries
    Awaiting.await(() -> {}, () -> hub.broadcast("N", 0).isAccepted());
    hub.close(Duration.ZERO);
  }
}
