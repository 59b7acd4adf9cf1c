package io.github.signalhub.examples.web;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.examples.ledger.Ledger;
import io.github.signalhub.examples.ledger.LedgerEntry;
import io.github.signalhub.examples.optimize.Optimizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@code GET} of a list together with the id to follow the hub from: whoever reads both and then
 * connects with {@code after=} that id misses nothing, but may hear of something twice.
 * Thread-safe.
 */
public final class SnapshotHandler extends ApiHandler {
  private final String path;
  private final String member;
  private final Supplier<String> lastId;
  private final Supplier<List<?>> state;

  private SnapshotHandler(
      String path, String member, Supplier<String> lastId, Supplier<List<?>> state) {
    this.path = path;
    this.member = member;
    this.lastId = requireNonNull(lastId, "lastId");
    this.state = state;
  }

  /** {@code GET /api/ledger}: the latest entries, oldest first. */
  public static HttpHandler ofLedger(Ledger ledger, Supplier<String> lastId) {
    requireNonNull(ledger, "ledger");
    return new SnapshotHandler(
        "/api/ledger",
        "entries",
        lastId,
        () -> ledger.recent().stream().map(SnapshotHandler::toJson).toList());
  }

  /** {@code GET /api/suggestions}: what was found so far. */
  public static HttpHandler ofSuggestions(Optimizer optimizer, Supplier<String> lastId) {
    requireNonNull(optimizer, "optimizer");
    return new SnapshotHandler("/api/suggestions", "suggestions", lastId, optimizer::suggestions);
  }

  /** As in {@code LEDGER_UPDATE}: the amount is text, so that no reader rounds it. */
  private static Map<String, Object> toJson(LedgerEntry entry) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("entryId", entry.entryId());
    json.put("flowId", entry.flowId());
    json.put("description", entry.description());
    json.put("amount", entry.amount().toPlainString());
    json.put("currency", entry.currency());
    json.put("timestamp", entry.timestamp());
    return json;
  }

  @Override
  Answer answer(HttpExchange exchange) throws HttpError {
    if (!exchange.getRequestURI().getPath().equals(path)) {
      throw notFound();
    }
    allow(exchange, "GET");
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("lastId", lastId.get()); // before the state: nothing falls between the two
    body.put(member, state.get());
    return new Answer(200, body);
  }
}
