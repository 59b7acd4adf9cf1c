package io.github.signalhub.examples.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.examples.flow.FlowEngine;
import io.github.signalhub.examples.flow.FlowSnapshot;
import io.github.signalhub.examples.flow.FlowState;
import io.github.signalhub.examples.flow.NodeState;
import io.github.signalhub.examples.flow.StartResult;
import io.github.signalhub.json.Json;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Serves the state of the example as JSON, and accepts requests for runs. Every snapshot has a
 * {@code lastId}. A client that connects with {@code after=} that id misses no message, but may get
 * one that the snapshot contains. Errors are {@code {"error": {"code", "message"}}}. Thread-safe.
 */
public final class Api implements HttpHandler {
  private static final System.Logger LOG = System.getLogger(Api.class.getName());
  private static final Pattern RUNS = Pattern.compile("/api/flows/([^/]+)/runs");
  private static final Pattern FLOW_ID = Pattern.compile("[1-9][0-9]{0,15}"); // fits a JSON integer

  private final Dashboard dashboard;
  private final Supplier<String> lastId;

  private record Reply(int status, Object body) {}

  private record Flow(
      long id,
      String name,
      FlowState state,
      int queued,
      Optional<Instant> startedAt,
      Optional<Instant> endedAt,
      List<Node> nodes) {}

  private record Node(String id, String label, List<String> dependsOn, NodeState state) {}

  /**
   * Creates the handler.
   *
   * @param lastId the id of the hub's last message
   */
  public Api(Dashboard dashboard, Supplier<String> lastId) {
    this.dashboard = requireNonNull(dashboard, "dashboard");
    this.lastId = requireNonNull(lastId, "lastId");
  }

  /** Returns the methods of a path. */
  private Map<String, Supplier<Reply>> methodsOf(String path) {
    switch (path) {
      case "/api/flows":
        return Map.of(
            "GET", () -> snapshot("flows", () -> dashboard.flows().stream().map(Api::toJson)));
      case "/api/ledger":
        return Map.of("GET", () -> snapshot("entries", () -> dashboard.entries().stream()));
      case "/api/suggestions":
        return Map.of("GET", () -> snapshot("suggestions", () -> dashboard.suggestions().stream()));
      default:
        Matcher runs = RUNS.matcher(path);
        return runs.matches() ? Map.of("POST", () -> start(runs.group(1))) : Map.of();
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply;
      try {
        reply = reply(exchange);
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "A request could not be answered", e);
        reply = error(500, "internal", "The request could not be answered.");
      }
      byte[] body = Json.write(reply.body()).getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      boolean isHead = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(reply.status(), isHead ? -1 : body.length);
      if (!isHead) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Reply reply(HttpExchange exchange) {
    if (!isOwnPage(exchange)) {
      return error(403, "foreign_origin", "Requests from other sites are refused.");
    }
    Map<String, Supplier<Reply>> methods = methodsOf(exchange.getRequestURI().getPath());
    if (methods.isEmpty()) {
      return error(404, "not_found", "There is nothing at this path.");
    }
    String method = exchange.getRequestMethod();
    Supplier<Reply> reply = methods.get(method.equals("HEAD") ? "GET" : method);
    if (reply == null) {
      String allowed = methods.containsKey("GET") ? "GET, HEAD" : "POST";
      exchange.getResponseHeaders().set("Allow", allowed);
      return error(405, "method_not_allowed", "This path takes " + allowed + " only.");
    }
    return reply.get();
  }

  /** Returns whether no page of another site sent it. Programs send no {@code Origin}. */
  private static boolean isOwnPage(HttpExchange exchange) {
    String origin = exchange.getRequestHeaders().getFirst("Origin");
    String host = exchange.getRequestHeaders().getFirst("Host");
    try {
      return origin == null
          || (host != null && host.equalsIgnoreCase(URI.create(origin).getRawAuthority()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Reply snapshot(String member, Supplier<Stream<?>> state) {
    String id = lastId.get(); // before the state, so that no message is missed between the two
    return new Reply(200, Map.of("lastId", id, member, state.get().toList()));
  }

  private Reply start(String id) {
    StartResult result =
        FLOW_ID.matcher(id).matches()
            ? dashboard.start(Long.parseLong(id))
            : new StartResult.UnknownFlow();
    if (result instanceof StartResult.Accepted accepted) {
      return new Reply(202, Map.of("flowId", Long.valueOf(id), "runId", accepted.runId()));
    }
    if (result instanceof StartResult.QueueFull) {
      return error(
          503,
          "queue_full",
          FlowEngine.MAX_QUEUED_RUNS + " runs of this flow are waiting already; try again later.");
    }
    if (result instanceof StartResult.Elsewhere other) {
      return error(409, "runs_elsewhere", "It runs on node " + other.node() + "; try again later.");
    }
    if (result instanceof StartResult.Closed) {
      return error(503, "closing", "The server is closing.");
    }
    return error(404, "unknown_flow", "There is no flow with this id.");
  }

  private static Reply error(int status, String code, String message) {
    return new Reply(status, Map.of("error", Map.of("code", code, "message", message)));
  }

  private static Flow toJson(FlowSnapshot flow) {
    return new Flow(
        flow.flow().id(),
        flow.flow().name(),
        flow.state(),
        flow.queued(),
        flow.startedAt(),
        flow.endedAt(),
        flow.nodes().stream()
            .map(
                node ->
                    new Node(
                        node.id(),
                        node.label(),
                        node.dependsOn(),
                        flow.nodeStates().get(node.id())))
            .toList());
  }
}
