package consumer;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.flow.FlowStatus;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.json.Json;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.time.Instant;

public final class Main {
  public record Order(long id, String item) {}

  private Main() {}

  public static void main(String[] args) throws Exception {
    MemoryTransport transport = new MemoryTransport();
    try (Hub hub = Hub.builder().topicDefaults(TopicOptions.DEFAULT.withMessages(5)).build();
        SignalServer server =
            SignalServer.builder(hub)
                .port(0)
                .handshake(request -> HandshakeDecision.accept())
                .start()) {
      hub.attach(transport);
      hub.onMessage("ORDER", Order.class, (client, order) -> hub.broadcast("SOLD", order));
      hub.onMessage((client, message) -> String.valueOf(message.payload()));
      var link = transport.connect(Handshake.builder().topic("flow:1").build());
      hub.broadcast(Message.of("NOTHING", null));
      hub.topic("flow:1")
          .publish(FlowStatus.ofFlow(1, FlowStatus.Status.STARTED, Instant.EPOCH).toMessage());
      transport.run();
      Object nothing = Json.parse("null");
      link.close(DisconnectReason.NORMAL);
      transport.run();
      server.stop(Duration.ofSeconds(5));
      System.out.println(link.received().size() + " " + nothing + " " + hub.stats().clients());
    }
  }
}
