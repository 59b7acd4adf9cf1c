package io.github.signalhub.examples.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.signalhub.examples.flow.FlowDefinition;
import io.github.signalhub.examples.flow.FlowEngine;
import io.github.signalhub.examples.flow.FlowListener;
import io.github.signalhub.examples.flow.FlowSnapshot;
import io.github.signalhub.examples.flow.NodeDefinition;
import io.github.signalhub.examples.flow.Retry;
import io.github.signalhub.examples.flow.RunReport;
import io.github.signalhub.examples.flow.StartResult;
import io.github.signalhub.examples.ledger.LedgerEntry;
import io.github.signalhub.flow.FlowStatus;
import io.github.signalhub.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The handlers on the JDK's own server. They are ordinary handlers, so any server can run them. */
class WebIT {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-01T12:00:00Z"));

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;
  private final List<Object> entries = new ArrayList<>();
  private boolean isElsewhere;

  @BeforeEach
  void start() throws IOException {
    FlowEngine engine =
        new FlowEngine(
            List.of(
                new FlowDefinition(
                    1, "Daily settlement", List.of(node("a", "Import"), node("b", "Net", "a")))),
            task -> {}, // no run ever begins, so requests accumulate
            (delay, task) -> {},
            CLOCK,
            new Silent());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/api", new Api(new State(engine), () -> "id-7"));
    server.createContext("/", new Page(page()));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Nested
  class Flows {
    @Test
    void areListedWithTheirNodesAndTheIdToFollowFrom() throws Exception {
      HttpResponse<String> response = get("/api/flows");

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
      assertThat(Json.parse(response.body()))
          .isEqualTo(
              Json.parse(
                  """
                  {"lastId": "id-7", "flows": [
                    {"id": 1, "name": "Daily settlement", "state": "IDLE", "queued": 0, "nodes": [
                      {"id": "a", "label": "Import", "dependsOn": [], "state": "IDLE"},
                      {"id": "b", "label": "Net", "dependsOn": ["a"], "state": "IDLE"}]}]}
                  """));
    }

    @Test
    void areRunOnRequest() throws Exception {
      HttpResponse<String> response = post("/api/flows/1/runs", "");

      assertThat(response.statusCode()).isEqualTo(202);
      assertThat(Json.parse(response.body())).isEqualTo(Map.of("flowId", 1L, "runId", 1L));
      assertThat(get("/api/flows").body()).contains("\"state\":\"RUNNING\"");
    }

    @Test
    void beyondTheQueueAreRefusedWith503() throws Exception {
      for (int i = 0; i <= FlowEngine.MAX_QUEUED_RUNS; i++) {
        assertThat(post("/api/flows/1/runs", "{}").statusCode()).isEqualTo(202);
      }

      assertError(post("/api/flows/1/runs", "{}"), 503, "queue_full");
    }

    @Test
    void thatRunOnAnotherNodeAreRefusedWith409() throws Exception {
      isElsewhere = true;

      HttpResponse<String> response = post("/api/flows/1/runs", "");

      assertError(response, 409, "runs_elsewhere");
      assertThat(response.body()).contains("It runs on node B");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "0", "-1", "one", "99999999999999999999", "1.0", "%2e%2e"})
    void thatAreUnknownAreRefusedWith404(String id) throws Exception {
      assertError(post("/api/flows/" + id + "/runs", ""), 404, "unknown_flow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/flows/", "/api/flows/1", "/api/flows/1/runs/2", "/api/flowsy"})
    void haveNothingAtOtherPaths(String path) throws Exception {
      assertError(get(path), 404, "not_found");
    }

    @Test
    void areRunWhateverTheBodySays() throws Exception {
      assertThat(post("/api/flows/1/runs", "{").statusCode()).isEqualTo(202);
      assertThat(post("/api/flows/1/runs", " ".repeat(10_000)).statusCode()).isEqualTo(202);
    }

    @Test
    void areNotRunForAPageOfAnotherSite() throws Exception {
      HttpRequest request =
          request("/api/flows/1/runs")
              .header("Origin", "https://elsewhere.example")
              .POST(BodyPublishers.noBody())
              .build();

      assertError(client.send(request, BodyHandlers.ofString()), 403, "foreign_origin");
      assertThat(get("/api/flows").body()).contains("\"state\":\"IDLE\"");
    }

    @Test
    void areRunForAPageOfThisOne() throws Exception {
      HttpRequest request =
          request("/api/flows/1/runs")
              .header("Origin", "http://localhost:" + server.getAddress().getPort())
              .POST(BodyPublishers.noBody())
              .build();

      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(202);
    }
  }

  @Nested
  class Methods {
    private static final List<String> OTHERS =
        List.of(
            "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get", "Get", "head", "post", "GETS",
            "POSTS", "ET", "G", "GE", "T", "EA", "HEA", "EAD", ",", "P", "PO", "OST", "OS", "GET,");

    @ParameterizedTest
    @ValueSource(strings = {"/api/flows", "/api/ledger", "/api/suggestions", "/"})
    void ofSnapshotsAndThePageAreGetAndHead(String path) throws Exception {
      assertThat(statusOf("GET " + path)).isEqualTo(200);
      assertThat(statusOf("HEAD " + path)).isEqualTo(200);
      for (String method : OTHERS) {
        assertThat(statusOf(method + " " + path)).as(method).isEqualTo(405);
      }
      assertThat(post(path, "").headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @Test
    void ofRunsIsPost() throws Exception {
      for (String method : OTHERS) {
        if (!method.equals("POST")) {
          assertThat(statusOf(method + " /api/flows/1/runs")).as(method).isEqualTo(405);
        }
      }
      assertThat(statusOf("GET /api/flows/1/runs")).isEqualTo(405);
      assertThat(statusOf("HEAD /api/flows/1/runs")).isEqualTo(405);
      assertThat(get("/api/flows").body()).contains("\"state\":\"IDLE\"");
      assertThat(get("/api/flows/1/runs").headers().firstValue("Allow")).contains("POST");
      assertError(get("/api/flows/1/runs"), 405, "method_not_allowed");
      assertThat(statusOf("POST /api/flows/1/runs")).isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api", "/api/", "/api/ledger/", "/api/ledger/1", "/api/suggestions/1"})
    void doNotMatterWhereThereIsNothing(String path) throws Exception {
      for (String method : List.of("GET", "HEAD", "POST", "ET")) {
        assertThat(statusOf(method + " " + path)).as(method).isEqualTo(404);
      }
    }

    @Test
    void ofTheHeadAnswerWithoutABody() throws Exception {
      HttpRequest head = request("/api/ledger").method("HEAD", BodyPublishers.noBody()).build();

      HttpResponse<String> response = client.send(head, BodyHandlers.ofString());

      assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(response.body()).isEmpty();
    }
  }

  @Test
  void ledgerEntriesAreListedWithTheirAmountAsText() throws Exception {
    LedgerEntry entry =
        new LedgerEntry(1, 1, "Settled", new BigDecimal("10.50"), "EUR", CLOCK.instant());
    entries.add(entry.toUpdate().toMessage().payload());

    assertThat(Json.parse(get("/api/ledger").body()))
        .isEqualTo(
            Json.parse(
                """
                {"lastId": "id-7", "entries": [
                  {"entryId": 1, "flowId": 1, "description": "Settled", "amount": "10.50",
                   "currency": "EUR", "timestamp": "2026-03-01T12:00:00Z"}]}
                """));
  }

  @Test
  void suggestionsAreListed() throws Exception {
    assertThat(Json.parse(get("/api/suggestions").body()))
        .isEqualTo(Map.of("lastId", "id-7", "suggestions", List.of()));
  }

  @Nested
  class ThePage {
    @Test
    void isServedAtTheRoot() throws Exception {
      HttpResponse<String> response = get("/");

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("<!doctype html>");
      assertThat(response.headers().firstValue("Content-Type"))
          .contains("text/html; charset=utf-8");
      assertThat(response.headers().firstValue("Cache-Control")).contains("no-cache");
      assertThat(response.headers().firstValue("Content-Security-Policy"))
          .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none'"));
    }

    @Test
    void hasAssetsThatMayBeKeptForever() throws Exception {
      HttpResponse<String> response = get("/assets/index-Ab1_.js");

      assertThat(response.headers().firstValue("Content-Type"))
          .contains("text/javascript; charset=utf-8");
      assertThat(response.headers().firstValue("Cache-Control"))
          .hasValueSatisfying(value -> assertThat(value).contains("immutable"));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "/nothing.js",
          "/assets/",
          "/../secret.txt",
          "/%2e%2e/secret.txt",
          "/assets/..%2f..%2fsecret.txt",
          "/assets%5c..%5c..%5csecret.txt",
          "/.hidden.txt",
          "//index.html",
          "/index.html/",
          "/index.html%00.txt",
        })
    void hasNothingElse(String path) throws Exception {
      assertThat(statusOf("GET " + path)).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"https://elsewhere.example", "null", "http://localhost:1", "not an origin"})
    void isTheOnlyOneThatGetsTheData(String origin) throws Exception {
      for (String path :
          List.of("/api/flows", "/api/ledger", "/api/suggestions", "/api/flows/1/runs")) {
        HttpRequest request = request(path).header("Origin", origin).build();

        assertError(client.send(request, BodyHandlers.ofString()), 403, "foreign_origin");
      }
    }
  }

  private URLClassLoader page() throws IOException {
    Path page = Files.createDirectories(folder.resolve("classes/page/assets")).getParent();
    Files.writeString(page.resolve("index.html"), "<!doctype html>");
    Files.writeString(page.resolve("assets/index-Ab1_.js"), "let x");
    Files.writeString(page.resolve(".hidden.txt"), "hidden");
    Files.writeString(page.resolveSibling("secret.txt"), "secret");
    URL classes = page.getParent().toUri().toURL();
    return new URLClassLoader(new URL[] {classes}, null);
  }

  private HttpRequest.Builder request(String path) {
    int port = server.getAddress().getPort();
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    HttpRequest post = request(path).POST(BodyPublishers.ofString(body)).build();
    return client.send(post, BodyHandlers.ofString());
  }

  /** Sends an unchanged request line, because {@code URI} rejects some of these paths. */
  private int statusOf(String requestLine) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
      String request = requestLine + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String statusLine = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
      return Integer.parseInt(statusLine.substring("HTTP/1.1 ".length()));
    }
  }

  private static void assertError(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).isEqualTo(status);
    Map<?, ?> error = (Map<?, ?>) ((Map<?, ?>) Json.parse(response.body())).get("error");
    assertThat(error.get("code")).isEqualTo(code);
    assertThat((String) error.get("message")).isNotBlank();
  }

  private static NodeDefinition node(String id, String label, String... dependsOn) {
    return new NodeDefinition(id, label, List.of(dependsOn), attempt -> {}, Retry.NEVER);
  }

  private final class State implements Dashboard {
    private final FlowEngine engine;

    State(FlowEngine engine) {
      this.engine = engine;
    }

    @Override
    public List<FlowSnapshot> flows() {
      return engine.snapshot();
    }

    @Override
    public List<?> entries() {
      return entries;
    }

    @Override
    public List<?> suggestions() {
      return List.of();
    }

    @Override
    public StartResult start(long flowId) {
      return isElsewhere ? new StartResult.Elsewhere("B") : engine.start(flowId);
    }
  }

  private static final class Silent implements FlowListener {
    @Override
    public void statusChanged(FlowStatus status) {}

    @Override
    public void queueChanged(long flowId, int queued) {}

    @Override
    public void completed(RunReport report) {}
  }
}
