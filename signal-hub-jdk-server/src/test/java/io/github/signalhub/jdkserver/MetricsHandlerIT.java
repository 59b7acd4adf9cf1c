package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.BasicAuthenticator;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.RawClient.Answer;
import io.github.signalhub.metrics.PrometheusText;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics as a Prometheus reads them. */
@Timeout(120)
class MetricsHandlerIT {
  private final Hub hub = Hub.create();
  @TempDir private Path folder;
  private SignalServer server;

  @BeforeEach
  void start() throws IOException {
    server = SignalServer.start(hub, 0);
    server.context("/metrics", new MetricsHandler(hub::metrics, server::metrics));
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Test
  void areWrittenInTheFormatOfPrometheusWithTheirValuesOfNow() throws Exception {
    Answer answer = ask("GET", "/metrics");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo(PrometheusText.CONTENT_TYPE);
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    PrometheusFormat read = PrometheusFormat.parse(answer.body());
    assertThat(read.series()).allMatch(series -> series.startsWith("signalhub_"));
    assertThat(read.series()).hasSize(hub.metrics().size() + server.metrics().size());
    assertThat(read.values())
        .containsEntry("signalhub_server_requests_total", 1.0)
        .containsEntry("signalhub_server_running_exchanges", 1.0);
  }

  @Test
  void areNothingThatPromtoolWouldChange() throws Exception {
    Path text = Files.writeString(folder.resolve("metrics"), ask("GET", "/metrics").body());

    Optional<File> promtool = onPath("promtool");
    assertThat(promtool.map(tool -> check(tool, text)).orElse("")).isEmpty();
  }

  @Test
  void haveNoBodyInAnswerToHead() throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      client.send(request("HEAD", "/metrics"));
      Answer answer = client.readAnswerTo("HEAD");
      client.send(request("GET", "/metrics"));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).isEqualTo(PrometheusText.CONTENT_TYPE);
      assertThat(Integer.parseInt(answer.header("Content-Length"))).isPositive();
      assertThat(client.readAnswer().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
  void areNotForOtherMethods(String method) throws Exception {
    Answer answer = ask(method, "/metrics");

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void areGuardedByAnAuthenticator() throws Exception {
    server.context(
        "/guarded",
        new MetricsHandler(server::metrics),
        context ->
            context.setAuthenticator(
                new BasicAuthenticator("metrics") {
                  @Override
                  public boolean checkCredentials(String user, String password) {
                    return password.equals("secret");
                  }
                }));

    assertThat(ask("GET", "/guarded").status()).isEqualTo(401);
  }

  @Test
  void areAsManySeriesHoweverManyTopicsAndClientsThereAre() throws Exception {
    List<String> before = PrometheusFormat.parse(ask("GET", "/metrics").body()).series();
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 10_000; i++) {
        hub.topic("topic-" + i).publish("N", i);
      }
      for (int i = 0; i < 1_000; i++) {
        clients.add(RawClient.webSocket(server.port(), "/ws"));
      }

      PrometheusFormat now = PrometheusFormat.parse(ask("GET", "/metrics").body());
      assertThat(now.series()).isEqualTo(before);
      assertThat(now.values().get("signalhub_server_open_connections"))
          .isGreaterThanOrEqualTo(1_000.0);
    } finally {
      for (RawClient client : clients) {
        client.reset();
      }
    }
  }

  private Answer ask(String method, String path) throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send(request(method, path));
      return client.readAnswer();
    }
  }

  private static String request(String method, String path) {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  private static Optional<File> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> new File(folder, program))
        .filter(File::canExecute)
        .findFirst();
  }

  /** Returns all that the tool says. */
  private static String check(File promtool, Path text) {
    try {
      Process process =
          new ProcessBuilder(promtool.getPath(), "check", "metrics")
              .redirectInput(text.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return process.exitValue() == 0 ? said : said + " exit " + process.exitValue();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
