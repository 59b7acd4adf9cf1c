package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpServer;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.MetricsHandler;
import io.github.signalhub.jdkserver.PrometheusFormat;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.metrics.Metric;
import io.github.signalhub.metrics.PrometheusText;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The code of docs/metrics.md. */
@Timeout(60)
class MetricsGuideIT {
  private final Hub hub = Hub.create();
  private SignalServer server;

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  private static void guarded(Hub hub, SignalServer server, String password) {
    server.context(
        "/metrics",
        new MetricsHandler(hub::metrics, server::metrics),
        context -> context.setAuthenticator(new Operators(password)));
  }

  private static HttpServer onAnotherPort(Hub hub, SignalServer server, int port)
      throws IOException {
    HttpServer inside =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    inside.createContext("/metrics", new MetricsHandler(hub::metrics, server::metrics));
    inside.start();
    return inside;
  }

  /** Lets one user in. */
  private static final class Operators extends BasicAuthenticator {
    private final byte[] password;

    private Operators(String password) {
      super("metrics");
      this.password = password.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean checkCredentials(String user, String given) {
      byte[] bytes = given.getBytes(StandardCharsets.UTF_8);
      return user.equals("prometheus") && MessageDigest.isEqual(bytes, password);
    }
  }

  private static void bind(Collection<Metric> metrics, MeterRegistry registry) {
    for (Metric metric : metrics) {
      List<Tag> tags = new ArrayList<>();
      metric.labels().forEach((label, value) -> tags.add(Tag.of(label, value)));
      switch (metric.kind()) {
        case COUNTER ->
            FunctionCounter.builder(metric.name(), metric, Metric::value)
                .tags(tags)
                .baseUnit(metric.unit())
                .description(metric.help())
                .register(registry);
        case GAUGE ->
            Gauge.builder(metric.name(), metric, Metric::value)
                .tags(tags)
                .baseUnit(metric.unit())
                .description(metric.help())
                .register(registry);
      }
    }
  }

  @Test
  void anAuthenticatorGuardsThem() throws Exception {
    server = SignalServer.start(hub, 0);
    guarded(hub, server, "secret");

    assertThat(ask(server.port(), "").status()).isEqualTo(401);
    assertThat(ask(server.port(), basic("prometheus:wrong")).status()).isEqualTo(401);
    RawClient.Answer answer = ask(server.port(), basic("prometheus:secret"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(PrometheusFormat.parse(answer.body()).series()).isNotEmpty();
  }

  @Test
  void anotherPortServesThem() throws Exception {
    server = SignalServer.start(hub, 0);
    HttpServer inside = onAnotherPort(hub, server, 0);
    try {
      RawClient.Answer answer = ask(inside.getAddress().getPort(), "");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(PrometheusFormat.parse(answer.body()).series()).isNotEmpty();
    } finally {
      inside.stop(0);
    }
  }

  @Test
  void micrometerNamesThemAsTheHandlerDoes() throws Exception {
    server = SignalServer.start(hub, 0);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    bind(hub.metrics(), registry);
    bind(server.metrics(), registry);
    List<Metric> all = new ArrayList<>(hub.metrics());
    all.addAll(server.metrics());
    try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
      hub.broadcast("ONE", null);
      assertThat(client.readFrame().text()).contains("ONE");

      PrometheusFormat ours = PrometheusFormat.parse(PrometheusText.of(all));
      PrometheusFormat theirs = PrometheusFormat.parse(registry.scrape());
      assertThat(theirs.series()).containsExactlyInAnyOrderElementsOf(ours.series());
      assertThat(theirs.types()).isEqualTo(ours.types());
      assertThat(theirs.values()).containsEntry("signalhub_server_open_connections", 1.0);
    }
  }

  private static RawClient.Answer ask(int port, String line) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + line + "\r\n");
      return client.readAnswer();
    }
  }

  private static String basic(String credentials) {
    byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
    return "Authorization: Basic " + Base64.getEncoder().encodeToString(bytes) + "\r\n";
  }
}
