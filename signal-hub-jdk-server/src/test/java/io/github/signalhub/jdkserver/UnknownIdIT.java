package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.testkit.SimulatedNetwork;
import io.github.signalhub.testkit.backbone.MemoryEngine;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client comes to a node that does not get the client's id. */
@Timeout(60)
class UnknownIdIT {
  @Test
  void endsWithAClosingHandshakeThatTheServerReads() throws Exception {
    SimulatedNetwork network = new SimulatedNetwork(1);
    MemoryEngine engine = new MemoryEngine(network);
    Hub hub = network.open(Hub.builder().backbone(engine.backbone("one")));
    network.settle();
    engine.stop(); // it answers nobody
    try (SignalServer server =
            SignalServer.builder(hub).port(0).closeTimeout(Duration.ofSeconds(120)).start();
        RawClient client =
            RawClient.webSocket(server.port(), "/ws?after=0123456789abcdef-0000000000000007")) {
      assertThat(client.readFrame().closeCode()).isEqualTo(1013);

      client.send(RawClient.close(1013, ""));

      client.assertEnds();
    }
  }
}
