package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.OwnPort;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.SignalServer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server of the README that asks for a login. */
@Timeout(60)
class ReadmeIT {
  private record Logins(Map<String, String> users) {
    Optional<String> userOf(Optional<String> cookie) {
      return cookie.map(users::get);
    }
  }

  @Test
  void aLoginDecidesWhoMayConnect() throws Exception {
    Hub hub = Hub.create();
    int port = OwnPort.next();
    Logins logins = new Logins(Map.of("login=4711", "ann"));

    SignalServer server =
        SignalServer.builder(hub)
            .port(port)
            .allowedOrigins("https://app.example.com") // besides the server's own pages
            .handshake(
                request ->
                    logins
                        .userOf(request.header("Cookie"))
                        .map(user -> HandshakeDecision.accept().user(user).topics("ledger"))
                        .orElse(HandshakeDecision.refuse(401)))
            .start();

    try {
      assertThat(answer(port, "Cookie: login=4711")).isEqualTo(101);
      assertThat(answer(port, "Cookie: login=4711", "Origin: https://app.example.com"))
          .isEqualTo(101);
      assertThat(answer(port, "Cookie: login=4711", "Origin: https://evil.example")).isEqualTo(403);
      assertThat(answer(port, "Cookie: login=1")).isEqualTo(401);
      assertThat(answer(port)).isEqualTo(401);
    } finally {
      server.stop(Duration.ZERO);
      hub.close(Duration.ZERO);
    }
  }

  private static int answer(int port, String... lines) throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send(RawClient.handshake("/ws", lines));
      return client.readAnswer().status();
    }
  }
}
