package io.github.signalhub.examples.web;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.examples.flow.FlowEngine;
import io.github.signalhub.examples.flow.FlowSnapshot;
import io.github.signalhub.examples.flow.NodeDefinition;
import io.github.signalhub.examples.flow.StartResult;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code GET /api/flows}: every flow with its nodes and their states; {@code POST
 * /api/flows/{id}/runs}: asks for a run (202), or says why not (404 unknown flow, 503 queue full).
 * Thread-safe.
 */
public final class FlowsHandler extends ApiHandler {
  private static final String PATH = "/api/flows";
  private static final Pattern RUNS = Pattern.compile(PATH + "/([^/]+)/runs");
  private static final Pattern FLOW_ID = Pattern.compile("[1-9][0-9]{0,15}"); // fits a JSON integer

  private final FlowEngine engine;
  private final Supplier<String> lastId;

  /**
   * Creates the handler.
   *
   * @param lastId the id of the hub's last message
   */
  public FlowsHandler(FlowEngine engine, Supplier<String> lastId) {
    this.engine = requireNonNull(engine, "engine");
    this.lastId = requireNonNull(lastId, "lastId");
  }

  @Override
  Answer answer(HttpExchange exchange) throws IOException, HttpError {
    String path = exchange.getRequestURI().getPath();
    if (path.equals(PATH)) {
      allow(exchange, "GET");
      return new Answer(200, snapshot());
    }
    Matcher runs = RUNS.matcher(path);
    if (!runs.matches()) {
      throw notFound();
    }
    allow(exchange, "POST");
    readObject(exchange);
    return start(runs.group(1));
  }

  private Map<String, Object> snapshot() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("lastId", lastId.get()); // before the state: nothing falls between the two
    body.put("flows", engine.snapshot().stream().map(FlowsHandler::toJson).toList());
    return body;
  }

  private static Map<String, Object> toJson(FlowSnapshot flow) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", flow.flow().id());
    json.put("name", flow.flow().name());
    json.put("state", flow.state());
    json.put("queued", flow.queued());
    flow.startedAt().ifPresent(at -> json.put("startedAt", at));
    flow.endedAt().ifPresent(at -> json.put("endedAt", at));
    List<Map<String, Object>> nodes =
        flow.nodes().stream().map(node -> toJson(node, flow)).toList();
    json.put("nodes", nodes);
    return json;
  }

  private static Map<String, Object> toJson(NodeDefinition node, FlowSnapshot flow) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", node.id());
    json.put("label", node.label());
    json.put("dependsOn", node.dependsOn());
    json.put("state", flow.nodeStates().get(node.id()));
    return json;
  }

  private Answer start(String id) throws HttpError {
    if (!FLOW_ID.matcher(id).matches()) {
      throw unknownFlow();
    }
    long flowId = Long.parseLong(id);
    StartResult result = engine.start(flowId);
    if (result instanceof StartResult.Accepted accepted) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("flowId", flowId);
      body.put("runId", accepted.runId());
      return new Answer(202, body);
    }
    if (result instanceof StartResult.QueueFull) {
      throw new HttpError(
          503,
          "queue_full",
          FlowEngine.MAX_QUEUED_RUNS + " runs of this flow are waiting already; try again later.");
    }
    if (result instanceof StartResult.Closed) {
      throw new HttpError(503, "closing", "The server is closing.");
    }
    throw unknownFlow();
  }

  private static HttpError unknownFlow() {
    return new HttpError(404, "unknown_flow", "There is no flow with this id.");
  }
}
