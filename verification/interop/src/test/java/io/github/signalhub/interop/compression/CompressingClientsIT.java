package io.github.signalhub.interop.compression;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.EchoServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server echoes a thousand compressed messages, with and without TLS. */
@Timeout(120)
class CompressingClientsIT {
  private static final int MESSAGES = 1_000;
  private static final int AT_ONCE = 50;

  enum Client {
    NETTY(NettyClient::new),
    VERTX(VertxClient::new),
    JETTY(JettyClient::new),
    OKHTTP(OkHttpClient::new),
    TYRUS(TyrusClient::new);

    private final Supplier<CompressingClient> make;

    Client(Supplier<CompressingClient> make) {
      this.make = make;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NETTY, TCP",
    "VERTX, TCP",
    "JETTY, TCP",
    "OKHTTP, TCP",
    "TYRUS, TCP",
    "NETTY, TLS",
    "VERTX, TLS",
    "JETTY, TLS",
    "OKHTTP, TLS",
    "TYRUS, TLS",
  })
  void exchangeAThousandMessages(Client name, Carrier carrier) throws Exception {
    CompressingClient client = name.make.get();
    try (EchoServer server =
        EchoServer.start(carrier, options -> options.compressionThresholdBytes(16))) {
      URI uri = URI.create(carrier.scheme() + "://localhost:" + server.port() + "/ws");
      assertThat(client.connect(uri, carrier))
          .startsWith("permessage-deflate; server_no_context_takeover");

      Random random = new Random(1);
      for (int sent = 0; sent < MESSAGES; sent += AT_ONCE) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          texts.add(text(random, sent + i));
          client.send(texts.get(i));
        }
        for (String text : texts) {
          assertThat(client.next()).isEqualTo(text);
        }
      }
    } finally {
      client.end();
    }
  }

  /** Returns a text of up to 5 KB that shares much with the others, so that back references pay. */
  private static String text(Random random, int number) {
    StringBuilder text = new StringBuilder("{\"type\":\"LEDGER_UPDATE\",\"n\":" + number);
    for (int i = random.nextInt(100); i > 0; i--) {
      text.append(",\"account-")
          .append(random.nextInt(50))
          .append("\":\"")
          .append(random.nextInt());
      text.append(" \u20ac\"");
    }
    return text.append('}').toString();
  }
}
