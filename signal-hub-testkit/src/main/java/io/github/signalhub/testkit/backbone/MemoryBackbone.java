package io.github.signalhub.testkit.backbone;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.testkit.backbone.EngineServer.Next;
import io.github.signalhub.testkit.backbone.EngineServer.Placement;
import io.github.signalhub.testkit.backbone.EngineServer.Snapshot;
import io.github.signalhub.testkit.backbone.EngineServer.Welcome;
import io.github.signalhub.testkit.backbone.History.Entry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A node's backbone over a {@link MemoryEngine}. It says hello, reads on, and hands over one batch
 * at a time.
 *
 * <p>A publication waits, is handed over, gets an offset, and is seen by the sink. What is handed
 * over without an answer is handed over again within its epoch, and never in another.
 *
 * <p>Limits: 10,000 publications may wait. A publication that waits for 10 seconds while the engine
 * cannot be reached settles as unavailable, and as unconfirmed if it was handed over.
 *
 * <p>Thread-safe, but within a simulated network confined to the thread of the test.
 */
public final class MemoryBackbone implements Backbone {
  private static final int MAX_PENDING = 10_000;
  private static final int MAX_BATCH = 256;
  private static final int MAX_UNSEEN = 4 * MAX_BATCH;
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long UNKNOWN = Long.MAX_VALUE;
  private static final Duration START_PATIENCE = Duration.ofSeconds(10);

  private final MemoryEngine engine;
  private final EngineTime time;
  private final String name;
  private final String id;

  /** Publications that have not settled. */
  private final AtomicInteger pending = new AtomicInteger();

  private final ConcurrentLinkedQueue<Pending> waiting = new ConcurrentLinkedQueue<>();

  /** What was handed over, by number, and has not settled. The batch is a part of it. */
  private final NavigableMap<Long, Pending> unseen = new TreeMap<>();

  /** What was handed over without an answer yet. */
  private List<Pending> batch = List.of();

  private final List<Question> questions = new ArrayList<>();

  /** Claims and outcomes that the engine has not answered, in their order. */
  private final Set<Request<?>> requests = new LinkedHashSet<>();

  private @Nullable Sink sink;
  private @Nullable Link link;
  private volatile boolean closed;
  private volatile long confirmedNanos;
  private final List<Runnable> paused = new ArrayList<>();
  private boolean isPaused;
  private boolean isCutOff;
  private boolean connected;
  private boolean complete;
  private int turn;
  private long nextNumber = 1;
  private long epoch;
  private long horizon = History.NOTHING;

  /** A publication that has not settled. */
  private static final class Pending {
    private final Publication publication;
    private final long sinceNanos;
    private long number;
    private long offset;

    private Pending(Publication publication, long sinceNanos) {
      this.publication = publication;
      this.sinceNanos = sinceNanos;
    }
  }

  /** A call of {@link #reached}. */
  private static final class Question {
    private final CompletableFuture<Void> answer = new CompletableFuture<>();

    /** The newest offset that the engine had; unknown until it has answered in this epoch. */
    private long last = UNKNOWN;
  }

  /** A request that is sent until it is answered. */
  private static final class Request<T> {
    private final Function<EngineServer, T> request;
    private final Consumer<T> answer;
    private final Runnable givenUp;
    private final long sinceNanos;
    private boolean sent;

    private Request(
        Function<EngineServer, T> request, Consumer<T> answer, Runnable givenUp, long sinceNanos) {
      this.request = request;
      this.answer = answer;
      this.givenUp = givenUp;
      this.sinceNanos = sinceNanos;
    }
  }

  MemoryBackbone(MemoryEngine engine, String name, String id) {
    this.engine = engine;
    this.name = name;
    this.id = id;
    time = engine.time();
    confirmedNanos = time.nanos();
  }

  @Override
  public void start(Sink sink) throws IOException {
    Objects.requireNonNull(sink, "sink");
    List<String> others = new ArrayList<>();
    time.run(() -> begin(sink, others));
    if (!others.isEmpty()) {
      throw new IOException(
          "expected the format of the other nodes, "
              + others.get(0)
              + ", was "
              + sink.format()
              + ". All nodes of a hub need the same settings");
    }
    try {
      if (!time.await(() -> complete, START_PATIENCE)) {
        close();
        throw new IOException(
            "expected an engine that can be reached within " + START_PATIENCE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      close();
      throw new InterruptedIOException("interrupted before the node had everything");
    }
  }

  private void begin(Sink newSink, List<String> others) {
    engine.format().filter(format -> !format.equals(newSink.format())).ifPresent(others::add);
    if (others.isEmpty()) {
      sink = newSink;
      engine.add(this);
      connect();
      time.after(TICK_NANOS, this::tick);
    }
  }

  private void tick() {
    if (!closed) {
      time.after(TICK_NANOS, this::tick);
      if (complete && !isPaused) {
        sink().tick();
      }
    }
  }

  @Override
  public boolean publish(Publication publication) {
    Objects.requireNonNull(publication, "publication");
    if (closed || pending.incrementAndGet() > MAX_PENDING) {
      pending.decrementAndGet();
      return false;
    }
    waiting.add(new Pending(publication, time.nanos()));
    time.after(0, this::handOver);
    return true;
  }

  @Override
  public CompletionStage<Void> reached() {
    Question question = new Question();
    time.after(
        0,
        () -> {
          questions.add(question);
          ask(question);
        });
    return question.answer;
  }

  @Override
  public long staleNanos() {
    return time.nanos() - confirmedNanos;
  }

  @Override
  public CompletionStage<Claim> claim(String session, String ref) {
    CompletableFuture<Claim> claimed = new CompletableFuture<>();
    Claim unavailable = new Claim(Claim.State.UNAVAILABLE, new byte[0]);
    request(
        server -> server.claim(id, session, ref),
        claimed::complete,
        () -> claimed.complete(unavailable));
    return claimed;
  }

  @Override
  public void keep(String session, String ref, byte[] outcome) {
    request(server -> server.keep(id, session, ref, outcome), kept -> {}, () -> {});
  }

  private <T> void request(
      Function<EngineServer, T> request, Consumer<T> answer, Runnable givenUp) {
    Request<T> next = new Request<>(request, answer, givenUp, time.nanos());
    time.after(
        0,
        () -> {
          requests.add(next);
          send(next);
        });
  }

  @Override
  public boolean flush(Duration atMost) throws InterruptedException {
    return time.await(() -> pending.get() == 0, atMost);
  }

  @Override
  public void close() {
    time.run(this::end);
  }

  /** Cuts the link with the engine. There is no other before {@link #mend}. */
  public void cut() {
    time.run(
        () -> {
          isCutOff = true;
          loseLink();
        });
  }

  /** Lets the node connect again. */
  public void mend() {
    time.run(() -> isCutOff = false);
  }

  /** Stops the node, as a long pause of its process does. The engine goes on. */
  public void pause() {
    time.run(() -> isPaused = true);
  }

  /** Lets the node go on. */
  public void resume() {
    time.run(this::goOn);
  }

  /** Returns the name. */
  @Override
  public String toString() {
    return name;
  }

  String id() {
    return id;
  }

  String format() {
    return sink().format();
  }

  boolean isCutOff() {
    return isCutOff;
  }

  /** Returns the server that the node is connected with, or was connected with last. */
  Optional<EngineServer> server() {
    return Optional.ofNullable(link).map(Link::server);
  }

  /** Loses the link, which the node notices a little later. */
  void loseLink() {
    Link lost = link;
    if (lost != null) {
      lost.cut();
      engine.later(() -> whenAwake(() -> connectAfter(lost)));
    }
  }

  private void connectAfter(Link lost) {
    if (link == lost) {
      connect();
    }
  }

  private void goOn() {
    isPaused = false;
    List<Runnable> actions = List.copyOf(paused);
    paused.clear();
    actions.forEach(Runnable::run);
    handOver();
  }

  private void end() {
    if (closed) {
      return;
    }
    closed = true;
    turn++;
    engine.remove(this);
    cutLink();
    settleUnseen(new Unconfirmed());
    refuseWaiting(0);
    giveUp(each -> true);
  }

  // Connecting.

  private void connect() {
    if (closed) {
      return;
    }
    cutLink();
    expire();
    Optional<Link> opened = engine.connect(this);
    link = opened.orElse(null);
    if (opened.isPresent()) {
      sayHello();
    } else {
      int now = ++turn;
      time.after(RETRY_NANOS, () -> inTurn(now, this::connect));
    }
  }

  /** Gives up what waits for too long while the engine cannot be reached. */
  private void expire() {
    boolean late =
        !unseen.isEmpty()
            && time.nanos() - unseen.firstEntry().getValue().sinceNanos >= DEADLINE_NANOS;
    if (late) {
      settleUnseen(new Unconfirmed());
    }
    refuseWaiting(DEADLINE_NANOS);
    giveUp(each -> !each.sent && time.nanos() - each.sinceNanos >= DEADLINE_NANOS);
  }

  /** Gives up requests. One that was sent may arrive still, so it is given up only at the end. */
  private void giveUp(Predicate<Request<?>> which) {
    List<Request<?>> given = requests.stream().filter(which).toList();
    given.forEach(requests::remove);
    given.forEach(each -> each.givenUp.run());
  }

  private void refuseWaiting(long atLeastNanos) {
    Pending next = waiting.peek();
    while (next != null && time.nanos() - next.sinceNanos >= atLeastNanos) {
      waiting.remove();
      settle(next, new Unavailable());
      next = waiting.peek();
    }
  }

  private void cutLink() {
    connected = false;
    if (link != null) {
      link.cut();
      link = null;
    }
  }

  /** Begins a turn: agrees on the epoch, then hands over again and reads on. */
  private void sayHello() {
    connected = false;
    turn++;
    long asked = time.nanos();
    long mine = epoch;
    long known = horizon;
    long newEpoch = engine.newNumber();
    call(
        (server, answer) -> answer.accept(server.hello(id, mine, known, newEpoch)),
        (Welcome welcome) -> welcomed(welcome, asked));
  }

  private void welcomed(Welcome welcome, long asked) {
    int now = turn;
    welcome.anew().ifPresent(snapshot -> restart(welcome, snapshot));
    if (now != turn) {
      return; // the sink closed this node
    }
    connected = true;
    confirm(welcome.last(), asked);
    sendBatch();
    handOver();
    List.copyOf(requests).forEach(this::send);
    ask();
    read();
  }

  private void restart(Welcome welcome, Snapshot snapshot) {
    boolean isNew = welcome.epoch() != epoch;
    epoch = welcome.epoch();
    horizon = snapshot.floor();
    List<Placed> rows = snapshot.rows().stream().map(row -> row.at(time.nanos())).toList();
    sink().restart(epoch, welcome.base(), horizon, rows, isNew && welcome.isFirst());
    if (isNew) { // nobody can say what became of it: the server that knew it is lost
      questions.forEach(question -> question.last = UNKNOWN);
      settleUnseen(new Unconfirmed());
    } else {
      settleSeen();
      answerQuestions();
    }
  }

  // Reading.

  private void read() {
    long asked = time.nanos();
    long mine = epoch;
    long after = horizon;
    call(
        (server, answer) -> server.read(mine, after, answer),
        (Optional<Next> next) -> {
          if (next.isPresent()) {
            apply(next.get(), 0, asked);
          } else {
            sayHello();
          }
        });
  }

  private void apply(Next next, int from, long asked) {
    int now = turn;
    for (int i = from; i < next.entries().size(); i++) {
      int index = i;
      Entry entry = next.entries().get(i);
      if (!sink().apply(entry.at(time.nanos()))) {
        time.after(AGAIN_NANOS, () -> inTurn(now, () -> apply(next, index, asked)));
        return;
      }
      horizon = entry.placed().offset();
      seen(entry);
      if (now != turn) {
        return; // the sink closed this node
      }
    }
    confirm(next.last(), asked);
    handOver();
    read();
  }

  private void seen(Entry entry) {
    Pending own = entry.node().equals(id) ? unseen.remove(entry.number()) : null;
    if (own != null) {
      settle(own, new At(epoch, horizon));
    }
    answerQuestions();
  }

  /** Notes that the sink had everything when a request was sent. */
  private void confirm(long last, long asked) {
    if (horizon >= last) {
      confirmedNanos = asked;
      complete = true;
    }
  }

  // Publishing.

  private void handOver() {
    if (closed) {
      refuseWaiting(0);
    }
    if (!connected
        || isPaused
        || !batch.isEmpty()
        || unseen.size() >= MAX_UNSEEN
        || waiting.isEmpty()) {
      return;
    }
    batch = new ArrayList<>();
    while (batch.size() < MAX_BATCH && !waiting.isEmpty()) {
      Pending next = waiting.remove();
      next.number = nextNumber++;
      batch.add(next);
      unseen.put(next.number, next);
    }
    sendBatch();
  }

  private void sendBatch() {
    if (batch.isEmpty()) {
      return;
    }
    long mine = epoch;
    long first = batch.get(0).number;
    List<Publication> publications = batch.stream().map(each -> each.publication).toList();
    call(
        (server, answer) -> answer.accept(server.place(id, mine, first, publications)),
        (Optional<Placement> placement) -> {
          if (placement.isPresent()) {
            placed(placement.get());
          } else {
            sayHello();
          }
        });
  }

  private void placed(Placement placement) {
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).offset = placement.offset() - batch.size() + 1 + i;
    }
    batch = List.of();
    settleSeen();
    handOver();
  }

  /** Settles what the sink has, or has begun anew after. */
  private void settleSeen() {
    for (Pending next : List.copyOf(unseen.values())) {
      if (next.offset != 0 && next.offset <= horizon) {
        unseen.remove(next.number);
        settle(next, new At(epoch, next.offset));
      }
    }
  }

  private void settleUnseen(Settled outcome) {
    List<Pending> settled = List.copyOf(unseen.values());
    unseen.clear();
    batch = List.of();
    settled.forEach(each -> settle(each, outcome));
  }

  private void settle(Pending settled, Settled outcome) {
    pending.decrementAndGet();
    settled.publication.settled().accept(outcome);
  }

  // Questions.

  private void ask() {
    List.copyOf(questions).forEach(this::ask);
  }

  private void ask(Question question) {
    if (connected && question.last == UNKNOWN) {
      long mine = epoch;
      call(
          (server, answer) -> answer.accept(server.last(mine)),
          (Optional<Long> last) -> {
            if (last.isPresent()) {
              question.last = last.get();
              answerQuestions();
            } else {
              sayHello();
            }
          });
    }
  }

  private void answerQuestions() {
    for (Question question : List.copyOf(questions)) {
      if (question.last <= horizon) {
        questions.remove(question);
        question.answer.complete(null);
      }
    }
  }

  private <T> void send(Request<T> next) {
    if (closed) {
      giveUp(next::equals);
    } else if (connected) {
      next.sent = true;
      call(
          (server, answer) -> answer.accept(next.request.apply(server)),
          (T result) -> {
            if (requests.remove(next)) {
              next.answer.accept(result);
            }
          });
    }
  }

  // Calls.

  /**
   * Calls the server. The answer counts only within this turn, which ends with a new hello. The
   * request runs at the server, later, so it reads nothing of this node.
   */
  private <T> void call(BiConsumer<EngineServer, Consumer<T>> request, Consumer<T> answer) {
    int now = turn;
    Link to = Objects.requireNonNull(link);
    to.call(request, result -> inTurn(now, () -> answer.accept(result)));
  }

  private void inTurn(int expected, Runnable action) {
    whenAwake(
        () -> {
          if (expected == turn) {
            action.run();
          }
        });
  }

  private void whenAwake(Runnable action) {
    if (isPaused) {
      paused.add(() -> whenAwake(action));
    } else {
      action.run();
    }
  }

  private Sink sink() {
    return Objects.requireNonNull(sink);
  }
}
