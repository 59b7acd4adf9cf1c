package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel.Ending;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpVersion;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.RequestHeadParser;
import io.github.signalhub.jdkserver.internal.ws.OriginPolicy.RequestScheme;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/**
 * A connection while it speaks HTTP. Reads one request head at a time, and the next one only when
 * the response to the last has ended, so answers come in the order of requests. Hands a request to
 * a handler's thread, or, if it is a handshake, ends in a {@link WebSocketLink}.
 *
 * <pre>
 *   HEAD ──request──▶ EXCHANGE ──response ended──▶ HEAD
 *    │ │                 └──it cannot be followed──▶ (LingeringClose)
 *    │ └──handshake──▶ DECIDING ──▶ (WebSocketLink)
 *    └──unacceptable──▶ REFUSING ──▶ (LingeringClose)
 * </pre>
 *
 * <p>Confined to the loop.
 */
final class HttpStage implements Stage {
  private static final Logger LOG = System.getLogger(HttpStage.class.getName());
  private static final int MAX_ROUNDS = 4;

  private enum State {
    HEAD,
    DECIDING,
    EXCHANGE,
    REFUSING
  }

  private final Endpoint endpoint;
  private final Shared shared;
  private final RequestHeadParser parser;
  private final TimerWheel.Timer deadline;
  private State state = State.HEAD;
  private boolean first = true;
  private boolean draining;
  private Exchange exchange;
  private Ending ending;
  private ResponsePipe response;

  private HttpStage(Endpoint endpoint, Shared shared) {
    this.endpoint = endpoint;
    this.shared = shared;
    this.parser = new RequestHeadParser(shared.options().httpLimits());
    this.deadline = endpoint.loop().timers().timer(() -> endpoint.run(this::tooLate));
  }

  /** Begins with a connection that was just accepted. */
  static void begin(Endpoint endpoint, Shared shared) throws IOException {
    HttpStage stage = new HttpStage(endpoint, shared);
    endpoint.open(stage);
    stage.startDeadline(shared.options().timeouts().handshake());
  }

  @Override
  public void receive(ByteBuffer in) throws IOException {
    if (state == State.HEAD) {
      receiveHead(in);
    } else if (state == State.EXCHANGE) {
      exchange.request().feed(in);
    }
  }

  @Override
  public void inputEnded() {
    if (state == State.HEAD || state == State.DECIDING) {
      endpoint.cut();
    } else if (state == State.EXCHANGE && !exchange.request().isFinished()) {
      exchange
          .request()
          .refuse(new HttpException(400, "the request ended too early (RFC 9112 §8)"));
    }
  }

  @Override
  public void writable() throws IOException {
    flush();
  }

  @Override
  public void drain() {
    draining = true;
    if (state == State.HEAD && !parser.isInsideHead()) {
      endpoint.cut();
    }
  }

  @Override
  public void cut() {
    deadline.cancel();
    state = State.REFUSING;
    if (exchange != null) {
      exchange.lost();
    }
  }

  private void startDeadline(Duration after) {
    deadline.start(after.toNanos());
  }

  private void tooLate() throws IOException {
    if (state == State.HEAD && parser.isInsideHead()) {
      refuse(408, "the request's head did not come in time", Map.of(), true);
    } else {
      LOG.log(Level.DEBUG, "A connection was silent for too long and is closed");
      endpoint.cut();
    }
  }

  private void receiveHead(ByteBuffer in) throws IOException {
    boolean wasInside = parser.isInsideHead();
    RequestHead head = null;
    try {
      head = parser.parse(in);
      if (head != null) {
        deadline.cancel();
        begin(head);
      } else if (!first && !wasInside && parser.isInsideHead()) {
        startDeadline(shared.options().timeouts().handshake());
      }
    } catch (HttpException e) {
      boolean withBody = head == null || !head.method().equals("HEAD");
      refuse(e.status(), e.getMessage(), Map.of(), withBody);
    }
  }

  /** Acts on a request, whose framing has to be clear whatever it asks for (RFC 9112 §6.3). */
  private void begin(RequestHead head) throws IOException {
    NetOptions options = shared.options();
    BodyFraming framing = BodyFraming.of(head, options.httpLimits().maxBodyBytes());
    Peer peer = peer(head);
    boolean webSocket = options.paths().contains(head.path());
    boolean upgrade = webSocket && Upgrade.isAskedFor(head);
    boolean handled = !webSocket || options.handlerPaths().contains(head.path());
    boolean ignoresUpgrade = head.version() == HttpVersion.HTTP_1_0; // RFC 9110 §7.8
    if (head.isForHttps() && peer.scheme() != RequestScheme.HTTPS) {
      throw new HttpException(421, "https resources are not served here (RFC 9110 §7.4)");
    }
    if (handled && (!upgrade || ignoresUpgrade)) {
      exchange(head, framing, peer);
    } else if (!head.hasStandardMethod()) {
      throw new HttpException(501, "the method is not known here (RFC 9110 §9.1)");
    } else if (upgrade) {
      upgrade(head, peer);
    } else {
      refuseBare(head);
    }
  }

  /** Answers a request for nothing but a WebSocket's path. */
  private void refuseBare(RequestHead head) throws IOException {
    boolean isHead = head.method().equals("HEAD");
    if (isHead || head.method().equals("GET")) {
      Map<String, String> fields = Map.of("Upgrade", "websocket", "Connection", "Upgrade");
      refuse(426, "this path is a WebSocket", fields, !isHead);
    } else {
      refuse(405, "this path is a WebSocket", Map.of("Allow", "GET, HEAD"), true);
    }
  }

  private Peer peer(RequestHead head) {
    NetOptions options = shared.options();
    return Peer.of(
        head.headers(),
        endpoint.remoteAddress(),
        options.tls().isPresent(),
        options.peers().proxies());
  }

  private void exchange(RequestHead head, BodyFraming framing, Peer peer) throws IOException {
    Exchange next = new Exchange(this, endpoint, shared, framing, peer);
    exchange = next;
    response = next.response();
    ending = null;
    state = State.EXCHANGE;
    if (!shared.offload(() -> shared.http().serve(head, framing, next))) {
      exchange = null;
      overloaded(head);
    }
  }

  /** The handler has written something. */
  void responseReady(Exchange from) throws IOException {
    if (from == exchange) {
      flush();
    }
  }

  /** The handler is done; what it has written may still be on its way. */
  void exchangeEnded(Exchange ended, Ending how) throws IOException {
    if (ended == exchange) {
      ending = how;
      if (how == Ending.ABORT) {
        endpoint.reset();
      } else {
        flush();
      }
    }
  }

  private void upgrade(RequestHead head, Peer peer) throws IOException {
    if (!shared.intake().isOpen()) {
      refuseWhileDraining(head);
      return;
    }
    try {
      Upgrade upgrade = Upgrade.check(head, shared, peer);
      if (upgrade.peer().forwarded() && !takeSeat(upgrade.peer())) {
        refuse(429, "too many connections of this address", Map.of(), true);
      } else if (shared.admission().isPresent()) {
        ask(shared.admission().get(), upgrade);
      } else if (upgrade.query().topics().isEmpty()) {
        open(upgrade, Admission.Admitted.ANONYMOUS);
      } else {
        refuse(403, "topics cannot be asked for here", Map.of(), true);
      }
    } catch (Upgrade.RefusedException e) {
      boolean withBody = !head.method().equals("HEAD");
      refuse(e.answer().status(), e.answer().reason(), e.answer().headers(), withBody);
    }
  }

  private boolean takeSeat(Peer peer) {
    Census.Seat seat = shared.census().enterAs(peer.address().getAddress());
    if (seat != null) {
      endpoint.keep(seat);
    }
    return seat != null;
  }

  private void ask(Admission admission, Upgrade upgrade) throws IOException {
    state = State.DECIDING;
    startDeadline(shared.options().timeouts().handshake());
    Admission.Request request =
        new Admission.Request(upgrade.head(), upgrade.query(), upgrade.peer().address());
    boolean taken =
        shared.offload(
            () -> {
              Admission.Verdict verdict = decide(admission, request);
              try {
                endpoint.loop().execute(() -> endpoint.run(() -> decided(upgrade, verdict)));
              } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "The server stopped during a handshake");
              }
            });
    if (!taken) {
      overloaded(upgrade.head());
    }
  }

  private static Admission.Verdict decide(Admission admission, Admission.Request request) {
    try {
      return admission.decide(request);
    } catch (Throwable t) { // an Error of the hook must leave the client an answer, too
      LOG.log(Level.WARNING, "The handshake hook failed", t);
      return new Admission.Denied(500, "Internal Server Error");
    }
  }

  private void decided(Upgrade upgrade, Admission.Verdict verdict) throws IOException {
    if (state != State.DECIDING) {
      return;
    }
    deadline.cancel();
    if (!shared.intake().isOpen()) {
      refuseWhileDraining(upgrade.head());
    } else if (verdict instanceof Admission.Denied denied) {
      refuse(denied.status(), denied.reason(), Map.of(), true);
    } else {
      open(upgrade, (Admission.Admitted) verdict);
    }
  }

  private void open(Upgrade upgrade, Admission.Admitted admitted) throws IOException {
    WebSocketLink link = new WebSocketLink(endpoint, shared, upgrade);
    try {
      link.register(upgrade.handshake(admitted));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The hub did not take a client that was admitted", e);
      refuse(500, "Internal Server Error", Map.of(), true);
      return;
    }
    endpoint.become(link);
    link.begin();
    endpoint.resume();
  }

  private void refuseWhileDraining(RequestHead head) throws IOException {
    String retryAfter = shared.intake().retryAfter().orElseThrow();
    boolean withBody = !head.method().equals("HEAD");
    refuse(503, "the server is stopping", Map.of("Retry-After", retryAfter), withBody);
  }

  private void overloaded(RequestHead head) throws IOException {
    boolean withBody = !head.method().equals("HEAD");
    refuse(503, "too many requests at once", Map.of("Retry-After", "1"), withBody);
  }

  private void refuse(int status, String reason, Map<String, String> fields, boolean withBody)
      throws IOException {
    LOG.log(Level.DEBUG, "Refused a request with {0}: {1}", status, reason);
    deadline.cancel();
    state = State.REFUSING;
    response = new ResponsePipe(Refusal.encode(status, reason, fields, shared.clock(), withBody));
    flush();
  }

  private void flush() throws IOException {
    if (response == null || endpoint.isWriteBlocked()) {
      return;
    }
    for (int round = 0; round < MAX_ROUNDS; round++) {
      ByteBuffer out = endpoint.loop().writeBuffer().clear();
      int filled = response.peek(out);
      if (filled == 0) {
        responseSent();
        return;
      }
      int written = endpoint.write(out.flip());
      response.consume(written);
      if (written < filled) {
        return;
      }
    }
    endpoint.loop().execute(() -> endpoint.run(this::flush)); // others get their turn
  }

  private void responseSent() throws IOException {
    if (state == State.REFUSING) {
      LingeringClose.begin(endpoint);
    } else if (state == State.EXCHANGE && ending != null) {
      boolean reusable = ending == Ending.REUSE && exchange.request().isFinished();
      exchange = null;
      response = null;
      first = false;
      if (!reusable || draining || endpoint.isInputEnded()) {
        state = State.REFUSING;
        LingeringClose.begin(endpoint);
      } else {
        state = State.HEAD;
        startDeadline(shared.options().timeouts().keepAlive());
        endpoint.resume();
      }
    }
  }
}
