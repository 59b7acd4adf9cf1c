package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.admission.Admission.Visitor;
import io.github.signalhub.admission.AdmissionRequest;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.capacity.Limit;
import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.capacity.Workers;
import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel.Ending;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpVersion;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.RequestHeadParser;
import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import io.github.signalhub.jdkserver.internal.socket.ConnectionStage;
import io.github.signalhub.jdkserver.internal.socket.LingeringClose;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * A connection while it speaks HTTP. It reads one request head at a time. It reads the next head
 * only after the response to the last request has ended, so answers come in the order of requests.
 * It hands a request to a handler's thread, or the connection to another stage.
 *
 * <pre>
 *   head ──request──▶ exchange ──response ended──▶ head
 *    │ │               │  └──no other request can follow──▶ (LingeringClose)
 *    │ └──handshake──▶ (HandshakeStage)
 *    └──unacceptable───┴──▶ (RefusalStage)
 * </pre>
 *
 * <p>An exchange begins on the loop. Up to a limit, the request's body is received before a handler
 * gets a thread and a place. So a peer that sends slowly holds neither.
 *
 * <p>Confined to the loop.
 */
public final class HttpStage implements ConnectionStage {
  private static final HubLogger LOG = HubLogger.of(HttpStage.class);
  private static final Set<String> BARE_METHODS = Set.of("GET", "HEAD");

  private final SocketConnection connection;
  private final ServerContext context;
  private final RequestHeadParser parser;
  private final TimerWheel.Timer deadline;
  private boolean first = true;
  private boolean draining;
  private boolean willFlush;
  private ExchangePipes exchange; // null while a head is read
  private Ending ending;
  private boolean begun; // the peer has a part of the response
  private boolean awaitsRest; // of a request, after its response
  private Runnable serve; // the handler, while its request's body is collected
  private long collectingSince;
  private Workers.Job job; // null before a handler was asked for
  private boolean withBody; // of a refusal

  private HttpStage(SocketConnection connection, ServerContext context) {
    this.connection = connection;
    this.context = context;
    this.parser = new RequestHeadParser(context.options().limits());
    this.deadline = connection.loop().timers().timer(() -> connection.run(this::tooLate));
  }

  /** Begins with a connection that was just accepted. */
  public static void begin(SocketConnection connection, ServerContext context) throws IOException {
    HttpStage stage = new HttpStage(connection, context);
    connection.open(stage);
    stage.startDeadline(context.options().timeouts().handshake());
  }

  @Override
  public void receive(ByteBuffer in) throws IOException {
    if (exchange == null) {
      receiveHead(in);
    } else {
      exchange.feed(in);
      checkBody();
      if (awaitsRest) {
        flush();
      }
    }
  }

  @Override
  public void inputEnded() throws IOException {
    if (exchange == null) {
      connection.cut();
    } else if (ending != null) {
      flush();
    } else if (!exchange.request().isFinished()) {
      exchange
          .request()
          .refuse(new HttpException(400, "the request ended too early (RFC 9112 §8)"));
      checkBody();
    }
  }

  @Override
  public void writable() throws IOException {
    flush();
  }

  @Override
  public void drain() throws IOException {
    draining = true;
    if (exchange == null && !parser.isInsideHead()) {
      endIdle();
    } else if (awaitsRest) {
      flush();
    }
  }

  @Override
  public boolean isIncomplete() {
    return exchange != null && begun && !awaitsRest;
  }

  @Override
  public void ended() {
    deadline.cancel();
    if (exchange != null) {
      exchange.cut();
      if (withdraw()) {
        exchange.end();
      }
    }
  }

  private void startDeadline(Duration after) {
    deadline.start(after.toNanos());
  }

  private void tooLate() throws IOException {
    if (serve != null) {
      bodyIsLate();
    } else if (exchange != null) {
      if (awaitsRest) {
        LOG.log(Level.DEBUG, "The rest of a request came too slowly; its connection is closed");
        context.hit(Limit.HANDSHAKE_TIMEOUT);
        connection.cut();
      } else if (withdraw()) {
        refuseExchange(exchange.refuse(Refusals.Reason.HANDLER_THREADS));
      }
    } else if (parser.isInsideHead()) {
      context.hit(Limit.HANDSHAKE_TIMEOUT);
      refuse(new HttpException(408, "the request's head did not come in time"), true);
    } else {
      LOG.log(Level.DEBUG, "A connection was silent for too long and is closed");
      context.hit(first ? Limit.HANDSHAKE_TIMEOUT : Limit.KEEP_ALIVE_TIMEOUT);
      endIdle();
    }
  }

  /** Ends a connection between two requests. The peer may not have taken the last response yet. */
  private void endIdle() throws IOException {
    if (connection.isTaken()) {
      connection.cut();
    } else {
      deadline.cancel();
      LingeringClose.begin(connection);
    }
  }

  private void receiveHead(ByteBuffer in) throws IOException {
    boolean wasInside = parser.isInsideHead();
    RequestHead head = null;
    try {
      head = parser.parse(in);
      if (head != null) {
        deadline.cancel();
        context.capacity().counts().requests().increment();
        begin(head);
      } else if (!first && !wasInside && parser.isInsideHead()) {
        startDeadline(context.options().timeouts().handshake());
      }
    } catch (HttpException e) {
      context.hitLimitOf(e);
      refuse(e, head == null || !head.method().equals("HEAD"));
    }
  }

  private void refuse(HttpException refused, boolean withBody) throws IOException {
    deadline.cancel();
    RefusalStage.begin(
        connection,
        context.clock(),
        refused,
        withBody,
        context.capacity().counts().refusedRequests());
  }

  /** Acts on a request. The framing of every request has to be clear (RFC 9112 §6.3). */
  private void begin(RequestHead head) throws IOException {
    if (connection.lacksTls()) {
      throw new HttpException(400, "this port speaks TLS: use https: or wss:");
    }
    HttpOptions options = context.options();
    Visitor visitor = options.admission().visitor(facts(head));
    HandshakeStage.throwIf(visitor.refusal());
    BodyFraming framing = BodyFraming.of(head, options.limits().maxBodyBytes());
    boolean webSocket = options.paths().contains(head.path());
    boolean upgrade = webSocket && WebSocketHandshake.isAskedFor(head.headers());
    boolean handled = !webSocket || context.http().hasContext(head.path());
    boolean ignoresUpgrade = head.version() == HttpVersion.HTTP_1_0; // RFC 9110 §7.8
    if (head.isForHttps() && !visitor.isEncrypted()) {
      throw new HttpException(421, "https resources are not served here (RFC 9110 §7.4)");
    }
    if (handled && (!upgrade || ignoresUpgrade)) {
      exchange(head, framing, visitor);
    } else if (!head.hasStandardMethod()) {
      throw new HttpException(501, "the method is not known here (RFC 9110 §9.1)");
    } else if (upgrade) {
      HandshakeStage.begin(connection, context, head, visitor);
    } else if (BARE_METHODS.contains(head.method())) {
      throw new HttpException(
          426, "this path is a WebSocket", Map.of("Upgrade", "websocket", "Connection", "Upgrade"));
    } else {
      throw new HttpException(405, "this path is a WebSocket", Map.of("Allow", "GET, HEAD"));
    }
  }

  private AdmissionRequest facts(RequestHead head) {
    AdmissionRequest.Builder facts =
        AdmissionRequest.builder(connection.remoteAddress())
            .target(head.uri())
            .headerLines(head.headers().namesAndValues())
            .encrypted(connection.isEncrypted());
    connection.principal().ifPresent(facts::principal);
    return facts.build();
  }

  private void exchange(RequestHead head, BodyFraming framing, Visitor visitor) throws IOException {
    ExchangePipes next =
        new ExchangePipes(this, connection, context, framing, visitor.remoteAddress());
    exchange = next;
    ending = null;
    begun = false;
    awaitsRest = false;
    job = null;
    withBody = !head.method().equals("HEAD");
    serve = () -> context.http().serve(head, framing, next);
    collectingSince = System.nanoTime();
    if (next.request().isCollecting()) {
      startBodyDeadline();
    } else {
      handOver();
    }
  }

  /** Hands the request over if enough of its body has come, or refuses it. */
  private void checkBody() throws IOException {
    if (serve == null) {
      return;
    }
    RequestPipe request = exchange.request();
    if (request.refusal().isPresent()) {
      refuseExchange(request.refusal().get());
    } else if (request.isFinished()
        || request.isLongerThan(context.options().handlers().bufferedRequestBytes())) {
      request.collected(collectedNanos());
      handOver();
    }
  }

  private void handOver() throws IOException {
    Runnable ready = serve;
    serve = null;
    deadline.cancel();
    try {
      job = exchange.begin(ready);
      if (job.wasQueued()) {
        startDeadline(context.options().timeouts().handshake());
      }
    } catch (HttpException e) {
      refuseExchange(e);
    }
  }

  private void startBodyDeadline() {
    deadline.start(Math.max(0, exchange.request().leftNanos(collectedNanos())));
  }

  private long collectedNanos() {
    return System.nanoTime() - collectingSince;
  }

  private void bodyIsLate() throws IOException {
    if (exchange.request().leftNanos(collectedNanos()) > 0) {
      startBodyDeadline();
    } else {
      refuseExchange(exchange.tooSlow());
    }
  }

  /** Refuses a request that no handler has seen. */
  private void refuseExchange(HttpException refused) throws IOException {
    ExchangePipes unseen = exchange;
    exchange = null;
    serve = null;
    unseen.end();
    refuse(refused, withBody);
  }

  /**
   * Withdraws the request from the handlers.
   *
   * @return whether no handler has seen it, and now none will
   */
  private boolean withdraw() {
    return job == null || context.capacity().handlers().withdraw(job);
  }

  /** The handler has written something. */
  void responseReady(ExchangePipes from) throws IOException {
    if (from == exchange && !willFlush) {
      flush();
    }
  }

  /** The peer does not read the response, and may not be waited for. */
  void abandon(ExchangePipes abandoned, Refusals.Reason reason) {
    if (abandoned == exchange) {
      LOG.log(Level.DEBUG, "A response was cut: {0}", reason);
      connection.reset();
    }
  }

  /** The exchange is complete for the handler. Its last bytes may still wait to be sent. */
  void exchangeEnded(ExchangePipes ended, Ending how) throws IOException {
    if (ended == exchange) {
      exchange.discardRequest();
      if (how == Ending.ABORT) {
        flushWhatFits();
        connection.reset();
      } else {
        ending = how;
        flush();
        connection.resume(); // with the part that the handler had not read
      }
    }
  }

  /** Sends what was written before an abort, as far as the socket accepts it at once. */
  private void flushWhatFits() throws IOException {
    while (!connection.isWriteBlocked() && !exchange.response().isEmpty()) {
      flush();
    }
  }

  private void flush() throws IOException {
    if (exchange == null || connection.isWriteBlocked()) {
      return;
    }
    ResponsePipe response = exchange.response();
    ByteBuffer out = connection.loop().writeBuffer().clear();
    int filled = response.peek(out);
    if (filled == 0) {
      responseSent();
      return;
    }
    int written = connection.write(out.flip());
    response.consume(written);
    if (written > 0) {
      begun = true;
      exchange.moved();
    }
    if (written == filled && response.isEmpty()) {
      responseSent();
    } else if (written == filled) {
      flushLater(); // other connections get their turn
    }
  }

  private void flushLater() {
    if (!willFlush) {
      willFlush = true;
      connection
          .loop()
          .execute(
              () -> {
                willFlush = false;
                connection.run(this::flush);
              });
    }
  }

  private void responseSent() throws IOException {
    if (ending == null) {
      return;
    }
    boolean last =
        ending != Ending.REUSE || draining || connection.isInputEnded() || exchange.isRestBroken();
    if (!last && !exchange.isRequestFinished()) {
      if (!awaitsRest) { // the rest of the request is discarded first
        awaitsRest = true;
        startDeadline(context.options().timeouts().handshake());
      }
      return;
    }
    ExchangePipes ended = exchange;
    exchange = null;
    first = false;
    ended.end();
    if (last) {
      deadline.cancel();
      LingeringClose.begin(connection);
    } else {
      startDeadline(context.options().timeouts().keepAlive());
      connection.resume();
    }
  }
}
