package io.github.signalhub.examples.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.examples.nodes.Page.Received;
import io.github.signalhub.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes in processes of their own, behind the balancer, over one Redis. */
@Timeout(120)
class NodesIT {
  private static final List<Long> FLOWS = List.of(1L, 4L);

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private Nodes nodes;
  private Page page;

  @BeforeEach
  void start() throws Exception {
    nodes = Nodes.start(0, told::add);
    page = new Page(nodes.address().getPort());
  }

  @AfterEach
  void stop() {
    page.close();
    nodes.close();
  }

  @Test
  void aPageWhoseNodeIsKilledHasEveryRowAtTheOtherOne() throws Exception {
    String first = page.awaitNodeOtherThan("");
    Map<String, Long> flowOf = new HashMap<>(); // by the node that runs it
    for (long flow : FLOWS) {
      assertThat(post("/api/flows/" + flow + "/runs").statusCode()).isEqualTo(202);
      Received runner = page.await(each -> each.type().equals("FLOW_RUNNER") && isOf(flow, each));
      flowOf.put((String) runner.payload().get("node"), flow);
    }
    assertThat(flowOf.keySet()).containsExactlyInAnyOrder("A", "B"); // they take turns

    kill(first);
    String second = page.awaitNodeOtherThan(first);
    Received finished = page.await(each -> isEnd(flowOf.get(second), each));
    Received abandoned = page.await(each -> isEnd(flowOf.get(first), each));
    assertThat(told.take()).contains("node " + first + " had ended and runs again");

    assertThat(finished.payload().get("status")).isEqualTo("FINISHED");
    assertThat(page.ids()).doesNotHaveDuplicates().isSorted();
    assertThat(page.gaps()).isZero();
    List<?> rows = page.all("LEDGER_UPDATE").stream().map(Received::payload).toList();
    assertThat(rows).isNotEmpty();
    for (int i = 0; i < 2; i++) { // each node
      assertThat(member(get("/api/ledger"), "entries")).isEqualTo(rows);
    }
    for (int i = 0; i < 2; i++) {
      assertThat(stateOf(flowOf.get(first))).isEqualTo(abandoned.payload().get("status"));
    }
  }

  private void kill(String name) {
    nodes.running().stream()
        .filter(node -> node.name().equals(name))
        .forEach(node -> node.process().destroyForcibly());
  }

  /** Returns whether a message ends the run of a flow, well or not. */
  private static boolean isEnd(long flow, Received message) {
    return message.type().equals("FLOW_STATUS")
        && isOf(flow, message)
        && !message.payload().containsKey("nodeId")
        && !message.payload().get("status").equals("STARTED");
  }

  private static boolean isOf(long flow, Received message) {
    return message.payload().get("flowId").equals(flow);
  }

  private Object stateOf(long flow) throws Exception {
    List<?> flows = (List<?>) member(get("/api/flows"), "flows");
    return ((Map<?, ?>) flows.get((int) flow - 1)).get("state");
  }

  private static Object member(HttpResponse<String> response, String name) {
    return ((Map<?, ?>) Json.parse(response.body())).get(name);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).build());
  }

  private HttpResponse<String> post(String path) throws Exception {
    return send(request(path).POST(BodyPublishers.noBody()).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + nodes.address().getPort() + path));
  }

  /** Sends a request on a connection of its own, which gets the next node. */
  private static HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
