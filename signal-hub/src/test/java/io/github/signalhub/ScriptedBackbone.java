package io.github.signalhub;

import io.github.signalhub.spi.Backbone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A backbone that does what the test says. Confined to the test's thread. */
final class ScriptedBackbone implements Backbone {
  static final long EPOCH = 0xe1;
  static final long NEXT_EPOCH = 0xe2;
  static final long NEXT_BASE = 1L << 36;

  final List<Publication> handedOver = new ArrayList<>();

  /** What was placed, as texts. */
  final List<String> placed = new ArrayList<>();

  final List<CompletableFuture<Void>> questions = new ArrayList<>();
  final List<CompletableFuture<Claim>> claims = new ArrayList<>();
  final List<String> claimed = new ArrayList<>();
  final Map<String, String> kept = new LinkedHashMap<>();
  Sink sink;
  long staleNanos;
  boolean full;
  boolean closed;
  private long epoch = EPOCH;
  private long offset;

  @Override
  public void start(Sink sink) {
    this.sink = sink;
    sink.restart(EPOCH, 0, 0, List.of(), true);
  }

  @Override
  public boolean publish(Publication publication) {
    return !full && handedOver.add(publication);
  }

  @Override
  public CompletionStage<Void> reached() {
    CompletableFuture<Void> question = new CompletableFuture<>();
    questions.add(question);
    return question;
  }

  @Override
  public CompletionStage<Claim> claim(String session, String ref) {
    CompletableFuture<Claim> claim = new CompletableFuture<>();
    claims.add(claim);
    claimed.add(session + " " + ref);
    return claim;
  }

  @Override
  public void keep(String session, String ref, byte[] outcome) {
    kept.put(session + " " + ref, new String(outcome));
  }

  /** Answers the oldest claim. */
  void answerClaim(Claim.State state, String outcome) {
    claims.remove(0).complete(new Claim(state, outcome.getBytes()));
  }

  @Override
  public long staleNanos() {
    return staleNanos;
  }

  @Override
  public boolean flush(Duration atMost) {
    placeAll();
    return true;
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Places everything that was handed over. */
  void placeAll() {
    while (!handedOver.isEmpty()) {
      placeNext();
    }
  }

  /** Places the oldest publication that was handed over. */
  void placeNext() {
    Publication next = handedOver.remove(0);
    place(next.kind(), next.topic(), next.key(), next.removesUpTo(), next.body());
    next.settled().accept(new At(epoch, offset));
  }

  /** Places a publication of another node. */
  boolean place(Kind kind, String topic, String key, long removesUpTo, byte[] body) {
    boolean taken = sink.apply(new Placed(offset + 1, kind, topic, key, removesUpTo, body, 0));
    offset += taken ? 1 : 0;
    placed.add(kind + " " + topic + " " + key + " " + new String(body));
    return taken;
  }

  /** Places a message of another node. */
  boolean place(String topic, String json) {
    return place(Kind.MESSAGE, topic, "", 0, json.getBytes());
  }

  /** Places numbers as payloads. */
  void place(String topic, int from, int to) {
    for (int n = from; n < to; n++) {
      place(topic, "{\"type\":\"N\",\"payload\":" + n + ",\"topic\":\"" + topic + "\"}");
    }
  }

  /** Places a row of another node. */
  void put(String table, String key, int n) {
    place(Kind.ROW, table, key, 0, row(table, key, n));
  }

  static byte[] row(String table, String key, int n) {
    return ("{\"type\":\"" + key + "\",\"payload\":" + n + ",\"topic\":\"" + table + "\"}")
        .getBytes();
  }

  /** Settles everything that was handed over. */
  void settleAll(Settled outcome) {
    List<Publication> settled = List.copyOf(handedOver);
    handedOver.clear();
    settled.forEach(next -> next.settled().accept(outcome));
  }

  /** Begins the next epoch. */
  void restart(Placed... rows) {
    epoch = NEXT_EPOCH;
    restart(NEXT_BASE, NEXT_BASE, rows);
  }

  /** Begins anew at a floor. */
  void restart(long base, long floor, Placed... rows) {
    offset = floor;
    sink.restart(epoch, base, floor, List.of(rows), false);
  }

  /** Answers all questions. */
  void answer() {
    List<CompletableFuture<Void>> asked = List.copyOf(questions);
    questions.clear();
    asked.forEach(question -> question.complete(null));
  }

  String id(long offset) {
    return "%016x-%016d".formatted(epoch, offset);
  }
}
