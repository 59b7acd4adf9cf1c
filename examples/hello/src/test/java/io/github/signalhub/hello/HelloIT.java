package io.github.signalhub.hello;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example as {@code java -jar} runs it. */
@Timeout(60)
class HelloIT {
  private final HttpClient http = HttpClient.newHttpClient();
  private Process process;
  private URI page;

  @BeforeEach
  void start() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    process =
        new ProcessBuilder(java.toString(), "-jar", Path.of("target", "hello.jar").toString(), "0")
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
    assertThat(response.headers().firstValue("Content-Type")).contains("text/html");
    assertThat(response.body()).contains("<button>Count</button>");
  }

  @Test
  void tellsEveryPageTheCountAndWhoComesLaterToo() throws Exception {
    Page one = new Page();
    one.send("{\"type\":\"LOOK\"}");
    assertThat(one.next()).contains("\"type\":\"COUNT\",\"payload\":{\"value\":0}");

    one.send("{\"type\":\"ADD\"}");
    assertThat(one.next()).contains("\"type\":\"COUNT\",\"payload\":{\"value\":1}");

    Page other = new Page();
    other.send("{\"type\":\"LOOK\"}");
    assertThat(other.next()).contains("\"type\":\"COUNT\",\"payload\":{\"value\":1}");
    other.send("{\"type\":\"ADD\"}");
    assertThat(other.next()).contains("\"type\":\"COUNT\",\"payload\":{\"value\":2}");
    assertThat(one.next()).contains("{\"value\":1}"); // the other page sent LOOK
    assertThat(one.next()).contains("{\"value\":2}");
  }

  /** A page without markup. */
  private final class Page implements WebSocket.Listener {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    Page() {
      URI address = URI.create("ws://localhost:" + page.getPort() + "/ws");
      socket = http.newWebSocketBuilder().buildAsync(address, this).join();
    }

    void send(String message) {
      socket.sendText(message, true).join();
    }

    String next() throws InterruptedException {
      return received.poll(30, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        received.add(text.toString());
        text.setLength(0);
      }
      webSocket.request(1);
      return null;
    }
  }
}
