package io.github.signalhub.guides;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.OwnJvm;
import io.github.signalhub.jdkserver.JdkListener;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program of docs/getting-started.md, in its own process. */
@Timeout(60)
class GettingStartedGuideIT {
  private final HttpClient http = HttpClient.newHttpClient();
  private Process process;
  private URI page;

  @BeforeEach
  void start() throws Exception {
    process =
        new ProcessBuilder(OwnJvm.command(List.of(), Thermostat.class, "0"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    page =
        URI.create(
            new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine());
  }

  @AfterEach
  void stop() {
    process.destroyForcibly();
  }

  @Test
  void servesItsPage() throws Exception {
    var response = http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("<title>Thermostat</title>", "Set 25 °C");
  }

  @Test
  void tellsEveryPageTheTemperatureAndTakesAWish() throws Exception {
    JdkListener one = new JdkListener();
    JdkListener other = new JdkListener();
    open(one);
    WebSocket socket = open(other);
    assertThat(one.next())
        .matches(
            "\\{\"type\":\"ROOM\",\"payload\":\\{\"celsius\":1\\d\\.\\d+,\"target\":21\\.0\\}.*");

    socket.sendText("{\"type\":\"SET_TARGET\",\"payload\":31}", true);
    socket.sendText("{\"type\":\"SET_TARGET\",\"payload\":25}", true);

    String said = one.next();
    while (said.contains("\"target\":21.0")) {
      said = one.next();
    }
    assertThat(said).contains("\"target\":25.0");
  }

  private WebSocket open(JdkListener listener) {
    URI address = URI.create("ws://localhost:" + page.getPort() + "/ws");
    return http.newWebSocketBuilder().buildAsync(address, listener).join();
  }
}
